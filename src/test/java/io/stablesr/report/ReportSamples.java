package io.stablesr.report;

import io.stablesr.TestImages;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ReportOptions;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning;
import io.stablesr.restore.TileOutlines;
import io.stablesr.restore.WorkGeometry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows and pictures made on the spot, with names that mean harm. */
final class ReportSamples {
  static final String HOSTILE =
      "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">.png";
  static final String FORMULA = "=HYPERLINK(\"http://evil.invalid\",\"a,b\").png";
  static final List<String> IMAGES =
      List.of(HOSTILE, FORMULA, "a & b.png", "\u202Egnp.evil.png", "plain.png");

  /** 8 x 6 pixels become 32 x 24; tiles of 5 latents of 4 pixels overlap by 2. */
  private static final SeamFinder SEAMS =
      new SeamFinder("model@1", Optional.of(new TileOutlines(new WorkGeometry(0, 0, 4), 5, 4)));

  private ReportSamples() {}

  static ReportOptions options(int images, int listed) {
    return new ReportOptions(images, 10_000, 1_000_000, 10, listed, List.of("psnr"), "", 7);
  }

  static ReportCase done(String image, Map<String, String> settings, double psnr, long millis) {
    return done(
        image,
        settings,
        new ReportCase.Outcome(
            RowStatus.DONE, "", "", List.of("looks <b>odd</b>"), PreCleaning.NONE),
        psnr,
        millis);
  }

  static ReportCase done(
      String image,
      Map<String, String> settings,
      ReportCase.Outcome outcome,
      double psnr,
      long millis) {
    return new ReportCase(
        image,
        settings,
        Map.of("model", "model@1", "run", "run-1"),
        outcome,
        new ImageResult.Sizes(8, 6, 32, 24, 4, 4),
        ordered("read", 5, "sample", millis),
        Map.of("psnr", psnr),
        new ReportCase.Pictures("in:" + image, "out:" + image, ""));
  }

  static ReportCase failed(String image, Map<String, String> settings) {
    return without(image, settings, RowStatus.FAILED, "IMAGE_DECODE", "Cannot decode <i>" + image);
  }

  static ReportCase skipped(String image, Map<String, String> settings) {
    return without(
        image, settings, RowStatus.SKIPPED, "OUTPUT_DIFFERS", "Made with other parameters.");
  }

  private static ReportCase without(
      String image, Map<String, String> settings, RowStatus status, String code, String message) {
    return new ReportCase(
        image,
        settings,
        Map.of(),
        new ReportCase.Outcome(status, code, message, List.of(), PreCleaning.NONE),
        ImageResult.Sizes.UNKNOWN,
        Map.of(),
        Map.of(),
        new ReportCase.Pictures("in:" + image, "out:" + image, ""));
  }

  private static Map<String, Long> ordered(String one, long a, String other, long b) {
    Map<String, Long> map = new LinkedHashMap<>();
    map.put(one, a);
    map.put(other, b);
    return map;
  }

  static Map<String, String> settings(String weight, String steps) {
    return Map.of(
        "upscale.fusion-weight", weight,
        "sampling.steps", steps,
        "upscale.scale", "4.0",
        "sampling.overlap-latents", "2",
        "upscale.color-fix", "<ADAIN>");
  }

  /** Two weights, two numbers of steps, five images and one that is broken. */
  static ReportTable table() {
    List<ReportCase> cases = new ArrayList<>();
    for (String weight : List.of("0.0", "1.0")) {
      for (String steps : List.of("1", "4")) {
        for (int i = 0; i < IMAGES.size(); i++) {
          double psnr = 20 + i + (weight.equals("1.0") ? 2 : 0) + (steps.equals("4") ? 1 : 0);
          cases.add(
              done(IMAGES.get(i), settings(weight, steps), psnr, 1000L * Integer.parseInt(steps)));
        }
        cases.add(failed("broken.png", settings(weight, steps)));
      }
    }
    return new ReportTable(cases);
  }

  static byte[] picture(String uri) {
    return uri.startsWith("in:") ? TestImages.png(8, 6) : TestImages.png(32, 24);
  }

  static ReportWriter writer(ReportOptions options, List<String> warnings) {
    return new ReportWriter(
        options,
        ReportSamples::picture,
        SEAMS,
        Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC),
        warnings::add);
  }

  /** A report of {@link #table}. */
  static Path write(Path folder) {
    List<String> warnings = new ArrayList<>();
    ReportWriter.Written written =
        writer(options(10, 100), warnings).write(table(), "Trial </title><b>", folder);
    if (!warnings.isEmpty()) {
      throw new AssertionError(warnings);
    }
    return written.page();
  }
}
