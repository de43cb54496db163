package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter text = new StringWriter();

  @Test
  void aJobWithoutImagesSaysSo() {
    assertThat(ProgressLine.of(new Progress(0, 0, 0, 0, 0, 0, 5))).isEqualTo("nothing to compute");
  }

  @Test
  void aLineTellsImagesSpeedFailuresAndTimeLeft() {
    assertThat(ProgressLine.of(new Progress(3, 8, 1, 120, 400, 1000, 10_000)))
        .isEqualTo("3/8 images, 12.0 tiles/s, 1 failed, 40 % done, about 15 s left");
    assertThat(ProgressLine.of(new Progress(0, 8, 0, 0, 0, 1000, 10)))
        .isEqualTo("0/8 images, 0 failed, 0 % done, time left not known yet");
    assertThat(ProgressLine.of(new Progress(1, 8, 1, 0, 10, 1000, 9_000)))
        .as("an early failure says nothing about the others")
        .isEqualTo("1/8 images, 1 failed, 1 % done, time left not known yet");
    assertThat(ProgressLine.of(new Progress(8, 8, 8, 0, 1000, 1000, 9_000)))
        .isEqualTo("8/8 images, 8 failed, 100 % done, about 0 s left");
    assertThat(ProgressLine.duration(125_400)).isEqualTo("2 min 5 s");
    assertThat(ProgressLine.duration(7_260_000)).isEqualTo("2 h 1 min");
  }

  @Test
  void aTerminalLineIsRedrawn() {
    show(ProgressConsole.Kind.TERMINAL);

    assertThat(text.toString())
        .startsWith("\r0/2 images")
        .doesNotContain("\n\r")
        .endsWith(System.lineSeparator());
    assertThat(text.toString().lines().filter(line -> !line.isBlank()).count()).isPositive();
  }

  @Test
  void elsewhereLinesStayAndAreFew() {
    show(ProgressConsole.Kind.PLAIN);

    assertThat(text.toString().lines()).hasSize(2).last().asString().startsWith("2/2 images");
    assertThat(text.toString()).doesNotContain("\r0");
  }

  @Test
  void anErrorMessageIsOneShortLineWithoutSignatures() {
    ResultRow.Failure failure =
        new ResultRow.Failure(
            ErrorCode.OUTPUT_WRITE,
            "PUT https://s3/x?X-Amz-Signature=abc\n failed " + "x".repeat(600));

    assertThat(failure.message())
        .startsWith("PUT https://s3/x failed")
        .doesNotContain("abc")
        .hasSize(ResultRow.Failure.MAX_LENGTH);
  }

  private void show(ProgressConsole.Kind kind) {
    ProgressConsole console = new ProgressConsole(new PrintWriter(text), kind, 10);
    console.update(new Progress(0, 2, 0, 0, 0, 10, 10_000));
    console.update(new Progress(0, 2, 0, 0, 1, 10, 10_200));
    console.update(new Progress(1, 2, 0, 0, 5, 10, 10_400));
    console.finish(new Progress(2, 2, 0, 9, 10, 10, 10_900));
  }
}
