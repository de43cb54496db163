package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  /** What TensorBoard 2.21's own writer makes of the version and of one scalar. */
  private static final String WRITTEN_BY_TENSORBOARD =
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531101c00000000000000c8c1951d0900002040fc54d94110ac022a0e0a0c0a05667573656415d1ae223ef495e83e";

  @TempDir private Path folder;

  @Test
  void filesAreTheSameBytesAsTensorBoardsOwn() throws IOException {
    Path file = folder.resolve("curve.tfevents");
    EventFile events = new EventFile(file, CLOCK);
    events.begin();
    events.append(300, Map.of("fused", 0.15887));
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file)))
        .isEqualTo(WRITTEN_BY_TENSORBOARD);
  }

  @Test
  void aResumedCurveKeepsTheStepsThatCount() throws IOException {
    Path csv = folder.resolve("curve.csv");
    Path file = folder.resolve("curve.tfevents");
    CurveFile curve = new CurveFile(csv, new EventFile(file, CLOCK));
    curve.continueAfter(0);
    curve.append(300, Map.of("fused", 0.15887));
    byte[] before = Files.readAllBytes(file);
    curve.append(400, Map.of("fused", 0.1));
    assertThat(Files.size(file)).isGreaterThan(before.length);
    new CurveFile(csv, new EventFile(file, CLOCK)).continueAfter(300);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(Files.readAllLines(csv)).containsExactly("step,name,value", "300,fused,0.1588700");
  }
}
