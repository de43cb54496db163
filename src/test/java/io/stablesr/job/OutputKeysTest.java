package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.image.BitDepth;
import io.stablesr.image.OutputFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutputKeysTest {
  private static final OutputFormat PNG = new OutputFormat.Png(BitDepth.EIGHT);

  @Test
  void aKeyIsTheIdWithAnotherEnding() {
    assertThat(keys("a/b.c.JPG", "no-ending", "grüße 100%#.webp"))
        .containsEntry("a/b.c.JPG", "a/b.c.png")
        .containsEntry("no-ending", "no-ending.png")
        .containsEntry("grüße 100%#.webp", "grüße 100%#.png");
  }

  @Test
  void imagesThatWouldMeetKeepTheirWholeNamesInAnyOrder() {
    List<String> ids = List.of("a.jpg", "a.png", "a.jpg.tif", "b.jpg");
    List<String> backwards = new ArrayList<>(ids);
    Collections.reverse(backwards);

    assertThat(keys(ids.toArray(String[]::new)))
        .isEqualTo(keys(backwards.toArray(String[]::new)))
        .isEqualTo(
            Map.of(
                "a.jpg", "a.jpg.png",
                "a.png", "a.png.png",
                "a.jpg.tif", "a.jpg.tif.png",
                "b.jpg", "b.png"));
  }

  @Test
  void anIdCannotLeaveTheOutputFolder() {
    assertThat(
            keys("../../etc/passwd", "/abs/x.png", "_rows/run.png", "a:b\\c.png", ".hidden.png")
                .values())
        .containsExactlyInAnyOrder(
            "-./-./etc/passwd.png", "abs/x.png", "-rows/run.png", "a_b_c.png", "-hidden.png");
  }

  @Test
  void aKeyThatIsAskedForIsKeptAndOthersGiveWay() {
    List<ImageEntry> entries =
        List.of(new ImageEntry("x", "u", "a", Map.of()), ImageEntry.of("a.jpg", "v"));

    assertThat(OutputKeys.assign(entries, PNG))
        .isEqualTo(Map.of("x", "a.png", "a.jpg", "a.jpg.png"));
  }

  @Test
  void keysThatCannotBeUsedAreErrors() {
    assertThatThrownBy(
            () -> OutputKeys.assign(List.of(new ImageEntry("x", "u", "../a.png", Map.of())), PNG))
        .hasMessageStartingWith("The output key '../a.png' of image 'x' cannot be used");
    assertThatThrownBy(
            () ->
                OutputKeys.assign(
                    List.of(
                        new ImageEntry("x", "u", "a", Map.of()),
                        new ImageEntry("y", "v", "a.png", Map.of())),
                    PNG))
        .hasMessage("Two images ask for the output key 'a.png'.");
    assertThatThrownBy(() -> keys("a:b.png", "a_b.png"))
        .hasMessageContaining("Several images would be written to 'a_b.png.png'");
  }

  private static Map<String, String> keys(String... ids) {
    return OutputKeys.assign(Stream.of(ids).map(id -> ImageEntry.of(id, id)).toList(), PNG);
  }
}
