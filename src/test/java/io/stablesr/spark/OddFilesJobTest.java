package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageProbe;
import io.stablesr.image.Orientation;
import io.stablesr.image.TorchResize;
import io.stablesr.job.JobSummary;
import io.stablesr.testing.OddPictures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job over every picture of {@link OddPictures}, with an engine that only adds a shade. The large
 * ones take most of the time and are refused by their headers, but with {@code
 * -Dstablesr.odd-pixels=50000000}.
 */
@ExtendWith(SharedSpark.class)
class OddFilesJobTest {
  private static final Path PAGE = Path.of("docs/images.md");
  private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([^`]+)` \\| (IMAGE_\\w+) \\|");

  /** Decoding every result once more would take longer than the job. */
  private static final int COMPARED_PIXELS = 200_000;

  private static final long MAX_PIXELS = Long.getLong("stablesr.odd-pixels", 2_500_000);

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
  @TempDir private Path folder;

  @Test
  void everyFileHasARowAndEveryPictureARightResult() throws IOException {
    Map<String, byte[]> files = OddPictures.files();
    Path input = folder.resolve("in");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = input.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue());
    }

    JobSummary summary =
        new JobFixture()
            .run(
                input.toString(),
                folder.resolve("out").toString(),
                Map.of(
                    "upscale.scale",
                    "1",
                    "sampling.steps",
                    "1",
                    "job.max-pixels",
                    Long.toString(MAX_PIXELS)));

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(rows.keySet()).isEqualTo(files.keySet());
    Map<String, String> failed = new TreeMap<>();
    rows.forEach(
        (id, row) -> {
          if (!row.<String>getAs("status").equals("DONE")) {
            failed.put(id, row.getAs("error_code"));
          }
        });
    Map<String, String> expected = listed();
    assertThat(expected).hasSize(OddPictures.FILES - OddPictures.DECODED);
    expected.putAll(tooLarge(files));
    assertThat(failed).as(summary.text()).isEqualTo(expected);
    assertThat(summary.exitCode()).isEqualTo(2);

    int compared = 0;
    for (Row row : rows.values()) {
      compared += row.<String>getAs("status").equals("DONE") && isRight(row, files) ? 1 : 0;
    }
    assertThat(compared).isGreaterThan(100);
    orientationsAreApplied(rows);
    profilesAreKept(rows, files);
  }

  private boolean isRight(Row row, Map<String, byte[]> files) throws IOException {
    String id = row.getAs("image_id");
    int width = row.getAs("output_width");
    int height = row.getAs("output_height");
    if (width * height > COMPARED_PIXELS) {
      return false;
    }
    DecodedImage source = decoder.decode(id, files.get(id));
    DecodedImage result = result(row);
    assertThat(List.of(result.width(), result.height())).as(id).isEqualTo(List.of(width, height));
    assertThat(result.source().orientation()).as(id).isEqualTo(Orientation.NORMAL);
    assertThat(List.of(source.width(), source.height()))
        .as(id)
        .isEqualTo(List.of(row.getAs("input_width"), row.getAs("input_height")));
    assertThat(result.alpha().isPresent()).as(id).isEqualTo(source.alpha().isPresent());
    if (source.alpha().isEmpty()) {
      assertThat(difference(shaded(source.rgb(), id), result.rgb())).as(id).isLessThan(0.005);
    }
    return true;
  }

  /** The same scene in nine files each, as cameras hold it. */
  private void orientationsAreApplied(Map<String, Row> rows) throws IOException {
    for (String kind : List.of("Portrait", "Landscape")) {
      boolean wide = kind.equals("Landscape");
      FloatTensor upright = small(rows.get("exif/%s_1.jpg".formatted(kind)));
      for (int orientation = 0; orientation <= 8; orientation++) {
        Row row = rows.get("exif/%s_%d.jpg".formatted(kind, orientation));
        DecodedImage result = result(row);
        assertThat(result.width() > result.height()).isEqualTo(wide);
        assertThat(result.source().orientation()).isEqualTo(Orientation.NORMAL);
        assertThat(difference(small(row), upright)).as(kind + orientation).isLessThan(0.03);
      }
    }
  }

  private void profilesAreKept(Map<String, Row> rows, Map<String, byte[]> files)
      throws IOException {
    String id = "webp/photo-iccp-adobergb.webp";
    DecodedImage source = decoder.decode(id, files.get(id));
    DecodedImage result = result(rows.get(id));
    assertThat(result.source().iccProfile()).isPresent().isEqualTo(source.source().iccProfile());
    assertThat(difference(shaded(source.rgb(), id), result.rgb())).isLessThan(0.01);
    assertThat(rows.get("webp/incompatible-icc-gray.webp").<Object>getAs("warnings").toString())
        .contains("PROFILE_IGNORED");
  }

  private DecodedImage result(Row row) throws IOException {
    return decoder.decode(
        row.getAs("image_id"), Files.readAllBytes(Path.of(URI.create(row.getAs("output_uri")))));
  }

  /** Small enough that compression does not matter, and without the engine's shade. */
  private FloatTensor small(Row row) throws IOException {
    FloatTensor rgb = result(row).rgb();
    boolean wide = rgb.dim(2) > rgb.dim(1);
    FloatTensor small = TorchResize.area(rgb, wide ? 45 : 60, wide ? 60 : 45);
    for (int i = 0; i < small.size(); i++) {
      small.data()[i] -= shade(row.getAs("image_id"));
    }
    return small;
  }

  private static FloatTensor shaded(FloatTensor rgb, String id) {
    FloatTensor shaded = FloatTensor.zeros(rgb.shape());
    for (int i = 0; i < rgb.size(); i++) {
      shaded.data()[i] = Math.min(1, rgb.data()[i] + shade(id));
    }
    return shaded;
  }

  /** What {@link io.stablesr.FakeEngine} adds. */
  private static float shade(String id) {
    return Math.floorMod(Objects.hash(id, 42L), 16) / 255f;
  }

  private static double difference(FloatTensor one, FloatTensor other) {
    assertThat(one.shape()).isEqualTo(other.shape());
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      sum += Math.abs(one.data()[i] - other.data()[i]);
    }
    return sum / one.size();
  }

  private static Map<String, String> tooLarge(Map<String, byte[]> files) {
    ImageProbe probe = new ImageProbe(new DecodeLimits(MAX_PIXELS));
    Map<String, String> refused = new TreeMap<>();
    files.forEach(
        (id, file) -> {
          try {
            probe.probe(id, new ByteArrayInputStream(file));
          } catch (StableSrException e) {
            if (e.code() == ErrorCode.IMAGE_TOO_LARGE) {
              refused.put(id, e.code().name());
            }
          }
        });
    return refused;
  }

  /** The documented failures: code by file. */
  private static Map<String, String> listed() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    Matcher matcher = LISTED.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      listed.put(matcher.group(1), matcher.group(2));
    }
    assertThat(new TreeSet<>(listed.values())).containsExactly("IMAGE_DECODE");
    return listed;
  }
}
