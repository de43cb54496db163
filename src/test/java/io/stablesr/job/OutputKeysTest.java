package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.image.BitDepth;
import io.stablesr.image.OutputFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
            keys(
                    "../../etc/passwd",
                    "/abs/x.png",
                    "_rows/run.png",
                    "_journal/run_id=1/x.png",
                    "a:b\\c.png",
                    ".hidden.png")
                .values())
        .containsExactlyInAnyOrder(
            "-./-./etc/passwd.png",
            "abs/x.png",
            "-rows/run.png",
            "-journal/run_id=1/x.png",
            "a_b_c.png",
            "-hidden.png");
  }

  @Test
  void aKeyThatIsAskedForIsKeptAndOthersGiveWay() {
    List<ImageEntry> entries = List.of(asked("x", "a"), ImageEntry.of("a.jpg", "v"));

    assertThat(assign(entries).distinct()).isEqualTo(Map.of("x", "a.png", "a.jpg", "a.jpg.png"));
  }

  @Test
  void keysThatCannotBeUsedAreErrors() {
    assertThatThrownBy(() -> assign(List.of(asked("x", "../a.png"))))
        .hasMessageStartingWith("Image 'x': the output key '../a.png' cannot be used");
    for (String key :
        List.of(
            "/etc/passwd", "a/%2e%2e/b", "%2e./b", "a\\..\\b", "_rows/x", "_journal/x", "a//b")) {
      assertThatThrownBy(() -> assign(List.of(asked("x", key))))
          .as(key)
          .hasMessageContaining("cannot be used");
    }
  }

  @Test
  void imagesThatWouldBeWrittenToOnePlaceAreFound() {
    OutputKeys.Assignment assignment =
        assign(List.of(asked("x", "a"), asked("y", "a.png"), asked("z", "b"), asked("w", "a")));

    assertThat(assignment.collisions())
        .isEqualTo(
            new Findings(
                3,
                List.of(
                    "Images 'w' and 'x' would both be written to 'a.png'",
                    "Images 'x' and 'w' would both be written to 'a.png'",
                    "Images 'y' and 'w' would both be written to 'a.png'")));
    assertThatThrownBy(assignment::distinct)
        .hasMessage(
            "Images 'w' and 'x' would both be written to 'a.png' (3 images in all would overwrite"
                + " one another); give them output keys or other ids.");
    assertThatThrownBy(() -> keys("a:b.png", "a_b.png"))
        .hasMessageStartingWith(
            "Images 'a:b.png' and 'a_b.png' would both be written to 'a_b.png.png'");
  }

  @Test
  void whereTheFileSystemIgnoresCaseSoDoTheKeys() {
    List<ImageEntry> entries =
        Stream.of("A.jpg", "a.tif", "B.png", "b.png").map(id -> ImageEntry.of(id, id)).toList();

    OutputKeys.Assignment assignment = OutputKeys.assign(entries, PNG, OutputKeys.KeyCase.IGNORED);

    assertThat(assignment.keys())
        .containsEntry("A.jpg", "A.jpg.png")
        .containsEntry("a.tif", "a.tif.png");
    assertThat(assignment.collisions().count()).isEqualTo(2);
    assertThat(assign(entries).collisions().count()).isZero();
  }

  private static ImageEntry asked(String id, String key) {
    return new ImageEntry(id, "u", key, OptionalLong.empty(), "", "", Map.of());
  }

  private static OutputKeys.Assignment assign(List<ImageEntry> entries) {
    return OutputKeys.assign(entries, PNG, OutputKeys.KeyCase.DISTINGUISHED);
  }

  private static Map<String, String> keys(String... ids) {
    return assign(Stream.of(ids).map(id -> ImageEntry.of(id, id)).toList()).distinct();
  }
}
