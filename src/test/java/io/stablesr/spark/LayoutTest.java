package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.job.JobSummary;
import io.stablesr.restore.UpscalerFactories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How work is cut up changes neither pictures nor rows; with the embedded model. */
@ExtendWith(SharedSpark.class)
class LayoutTest {
  /** Columns that tell who computed an image, when and how fast, and where this run wrote it. */
  private static final String[] OF_THE_RUN = {
    "stage_millis",
    "host",
    "executor",
    "attempt",
    "finished_at",
    "computed_run_id",
    "run_id",
    "output_uri",
    "output_bytes",
    "output_sha256"
  };

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2"})
  void partitionsAndTileBatchesChangeNothing(String steps, String deepCacheInterval)
      throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("small.png"), TestImages.png(20, 24));
    Files.write(input.resolve("other.png"), TestImages.png(31, 17));
    // 168 latents wide; a tile of the model has 160.
    Files.write(input.resolve("tiled.png"), TestImages.png(84, 16));
    List<Map<String, String>> layouts =
        List.of(
            Map.of("job.partitions", "1", "sampling.tile-batch", "4"),
            Map.of("job.partitions", "3", "sampling.tile-batch", "1"),
            Map.of("job.partitions", "7", "sampling.tile-batch", "8"));

    List<String> firstRows = List.of();
    for (int i = 0; i < layouts.size(); i++) {
      Path output = folder.resolve("out" + i);
      Map<String, String> settings = new HashMap<>(layouts.get(i));
      settings.putAll(Map.of("upscale.scale", "8", "model.threads", "1"));
      settings.put("sampling.steps", steps);
      settings.put("sampling.deep-cache-interval", deepCacheInterval);
      JobSummary summary =
          new JobFixture(UpscalerFactories.find())
              .run(input.toString(), output.toString(), settings);
      assertThat(summary.exitCode()).as(summary.text()).isZero();
      assertThat(JobFixture.rowsById(summary).get("tiled.png").<Integer>getAs("tiles"))
          .isEqualTo(2);
      List<String> rows = rows(summary);
      firstRows = i == 0 ? rows : firstRows;
      assertThat(rows).as("rows of %s", settings).isEqualTo(firstRows).hasSize(3);
      for (String name : List.of("small.png", "other.png", "tiled.png")) {
        assertThat(levels(folder.resolve("out0").resolve(name), output.resolve(name)))
            .as("levels of %s between %s and %s", name, layouts.get(0), settings)
            .isLessThanOrEqualTo(1);
      }
    }
  }

  private static List<String> rows(JobSummary summary) {
    return SparkSession.active()
        .read()
        .parquet(summary.rowsUri())
        .orderBy("image_id")
        .drop(OF_THE_RUN)
        .toJSON()
        .collectAsList();
  }

  /** The largest difference in levels of 8 bits. */
  private int levels(Path one, Path other) throws IOException {
    float[] a = decoder.decode("one", Files.readAllBytes(one)).rgb().data();
    float[] b = decoder.decode("other", Files.readAllBytes(other)).rgb().data();
    assertThat(a).hasSameSizeAs(b);
    float most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return Math.round(most * 255);
  }
}
