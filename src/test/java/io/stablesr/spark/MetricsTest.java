package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads the Prometheus page of a real session before and after jobs. */
@ExtendWith(SharedSpark.class)
class MetricsTest {
  @TempDir private Path folder;
  private final JobFixture fixture = new JobFixture();
  private Path input;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    for (int i = 0; i < 5; i++) {
      Files.write(input.resolve("p%d.png".formatted(i)), TestImages.png(6 + i, 7));
    }
    Files.write(input.resolve("poison.png"), TestImages.png(5, 5));
  }

  @Test
  void sinksSeeImagesTilesAndStages() throws IOException, InterruptedException {
    Map<String, Double> before = metrics();

    fixture.run(input.toString(), folder.resolve("out").toString(), Map.of());

    Map<String, Double> after = metrics();
    assertThat(risen(before, after, "stablesr_images_done_Count")).isEqualTo(5);
    assertThat(risen(before, after, "stablesr_images_failed_Count")).isEqualTo(1);
    // Three steps of one tile.
    assertThat(risen(before, after, "stablesr_tiles_Count")).isEqualTo(15);
    assertThat(risen(before, after, "stablesr_stage_decode_Count")).isEqualTo(6);
    assertThat(risen(before, after, "stablesr_stage_write_Count")).isEqualTo(5);
    assertThat(after)
        .containsEntry("stablesr_images_in_flight_Count", 0.0)
        .containsKeys("stablesr_tiles_OneMinuteRate", "stablesr_stage_sample_95thPercentile")
        .containsEntry("stablesr_job_images_total_Value", 6.0)
        .containsEntry("stablesr_job_images_done_Value", 6.0)
        .containsEntry("stablesr_job_images_failed_Value", 1.0)
        .containsEntry("stablesr_job_tiles_Value", 15.0)
        .containsEntry("stablesr_job_work_share_Value", 1.0);
  }

  @Test
  void theNextJobShowsItsOwnProgress() throws IOException, InterruptedException {
    fixture.run(input.toString(), folder.resolve("out").toString(), Map.of());
    Files.write(input.resolve("later.png"), TestImages.png(4, 4));

    fixture.run(input.toString(), folder.resolve("out").toString(), Map.of());

    assertThat(metrics()).containsEntry("stablesr_job_images_total_Value", 1.0);
  }

  private static double risen(Map<String, Double> before, Map<String, Double> after, String name) {
    assertThat(after).containsKey(name);
    return after.get(name) - before.getOrDefault(name, 0.0);
  }

  /** Our lines of the page by their names without the application's id and the labels. */
  private static Map<String, Double> metrics() throws IOException, InterruptedException {
    String page = SparkSession.active().sparkContext().uiWebUrl().get() + "/metrics/prometheus/";
    String text =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(page)).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Map<String, Double> values = new TreeMap<>();
    for (String line : text.lines().toList()) {
      int name = line.indexOf("_driver_stablesr");
      if (name >= 0) {
        values.put(
            line.substring(name + "_driver_".length(), line.indexOf('{')),
            Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
      }
    }
    return values;
  }
}
