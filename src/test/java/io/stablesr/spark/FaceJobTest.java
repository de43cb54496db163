package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.faces.SyntheticFaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A job with faces: full-size networks with synthetic weights, which see faces everywhere. */
@ExtendWith(SharedSpark.class)
class FaceJobTest {
  @TempDir private Path folder;
  private final JobFixture fixture = new JobFixture();
  private Path input;

  @BeforeEach
  void writeInputs() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.png"), TestImages.png(64, 64));
  }

  @Test
  void rowsSayHowManyFacesWereFoundRestoredAndLeft() throws IOException {
    Path detector = folder.resolve("detector.safetensors");
    Path restorer = folder.resolve("restorer.safetensors");
    SyntheticFaces.write(detector, "retinaface_r50", "module.").close();
    SyntheticFaces.write(restorer, "codeformer", "").close();
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "faces.mode",
                "on",
                "faces.detector",
                detector.toString(),
                "faces.restorer",
                restorer.toString(),
                // So that all of what synthetic weights see is left: it takes seconds per face.
                "faces.minimum-eye-distance-pixels",
                "1000000"));
    String output = folder.resolve("out").toString();
    JobSummary summary = fixture.run(input.toString(), output, settings);

    assertThat(summary.count(RowStatus.DONE)).isEqualTo(1);
    Row row = JobFixture.rowsById(summary).get("a.png");
    int found = row.<Integer>getAs("faces_found");
    assertThat(found).isPositive();
    assertThat(row.<Integer>getAs("faces_restored")).isZero();
    assertThat(row.<Integer>getAs("faces_left")).isEqualTo(found);
    assertThat(row.<String>getList(row.fieldIndex("warnings")))
        .containsExactly(
            "FACES: %d of %d faces were left as they are: %d too small."
                .formatted(found, found, found));
    assertThat(row.getJavaMap(row.fieldIndex("stage_millis")).keySet()).contains("faces");
    Map<String, String> parameters = row.getJavaMap(row.fieldIndex("parameters"));
    assertThat(parameters).containsEntry("faces.mode", "on").containsEntry("faces.refine", "none");
    assertThat(parameters.get("faces.detector")).hasSize(64);

    JobSummary again = fixture.run(input.toString(), output, settings);
    assertThat(again.doneBefore()).isEqualTo(1);
    Row kept = JobFixture.rowsById(again).get("a.png");
    assertThat(kept.<Integer>getAs("faces_left")).isEqualTo(found);

    settings.put("faces.fidelity", "0.7");
    Row other = JobFixture.rowsById(fixture.run(input.toString(), output, settings)).get("a.png");
    assertThat(other.<String>getAs("error_code")).isEqualTo("OUTPUT_DIFFERS");
  }

  @Test
  void withoutFacesTheColumnsAreEmpty() {
    JobSummary summary = fixture.run(input.toString(), folder.resolve("out").toString(), Map.of());
    Row row = JobFixture.rowsById(summary).get("a.png");
    for (String column : List.of("faces_found", "faces_restored", "faces_left")) {
      assertThat(row.isNullAt(row.fieldIndex(column))).isTrue();
    }
    Map<String, String> parameters = row.getJavaMap(row.fieldIndex("parameters"));
    assertThat(parameters.keySet()).noneMatch(key -> key.startsWith("faces."));
  }

  @Test
  void aMissingWeightFileStopsTheJobBeforeAnything() {
    String output = folder.resolve("out").toString();
    assertThatThrownBy(
            () ->
                fixture.run(
                    input.toString(),
                    output,
                    Map.of("faces.mode", "on", "faces.detector", "/nowhere/face.pth")))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "faces.detector is /nowhere/face.pth, but there is no such file; give the path of"
                + " detection_Resnet50_Final.pth (docs/faces.md) or set faces.mode = off.");
    assertThat(Path.of(output)).doesNotExist();
  }
}
