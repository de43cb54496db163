package io.stablesr.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReceptiveFieldTest {
  private final Recorder recorder = new Recorder("test");
  private final Symbol x = recorder.input("x", 1, 4, 8, 8);

  @Test
  void convolutionsAddAtTheirOwnResolution() {
    Symbol y = x.conv3x3(new Scope("a"), 4).upsampleNearest().conv3x3(new Scope("b"), 4);
    recorder.output("y", y.conv3x3(new Scope("c"), 4).conv3x3(new Scope("d"), 4));
    assertThat(ReceptiveField.margins(recorder.finish(), ReceptiveField.EVERY_PATH))
        .containsEntry("x", 3);
  }

  @Test
  void halvingReadsOneMoreAtTheRight() {
    Symbol down = x.padRightBottom().conv(new Scope("down"), 4, 3, 2, 0);
    recorder.output("y", down.conv3x3(new Scope("a"), 4));
    assertThat(ReceptiveField.margins(recorder.finish(), ReceptiveField.EVERY_PATH))
        .containsEntry("x", 3);
  }

  @Test
  void attenuatedPathsCanBeLeftOut() {
    Symbol h = x.conv3x3(new Scope("a"), 4);
    Symbol inner = h.plusScaled(h.conv3x3(new Scope("b"), 4).conv3x3(new Scope("c"), 4), 0.2);
    recorder.output("y", x.plusScaled(inner, 0.2));
    Graph graph = recorder.finish();
    assertThat(ReceptiveField.margins(graph, ReceptiveField.EVERY_PATH)).containsEntry("x", 3);
    assertThat(ReceptiveField.margins(graph, 0.1)).containsEntry("x", 1);
    assertThat(ReceptiveField.margins(graph, 0.5)).containsEntry("x", 0);
  }

  @Test
  void blocksOfPixelsCountAsOne() {
    Symbol down = x.pixelUnshuffle(2).conv3x3(new Scope("a"), 16).pixelShuffle(4);
    recorder.output("y", down.conv3x3(new Scope("b"), 4));
    // One pixel of the result needs a block of the middle, that one more, and each is two here.
    assertThat(ReceptiveField.margins(recorder.finish(), ReceptiveField.EVERY_PATH))
        .containsEntry("x", 4);
  }

  @Test
  void operationsThatMixAllPositionsAreRefused() {
    recorder.output("y", x.toTokens());
    Graph graph = recorder.finish();
    assertThatThrownBy(() -> ReceptiveField.margins(graph, ReceptiveField.EVERY_PATH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ToTokens is not known to be local to a window");
  }
}
