package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.engine.Precision;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.CodeFormer;
import io.stablesr.network.RetinaFace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The recorded face networks, full size with synthetic weights. */
class FaceParityTest {
  @Test
  void recordedFaceNetworksPass() {
    ParityReport report =
        new ParityRun(Replayers.standard(), System::nanoTime)
            .run(
                new ParityOptions(
                    SharedFolder.path("goldens2/public"),
                    Precision.FP32,
                    2,
                    Set.of("codeformer", "retinaface_r50")),
                file -> {});
    assertThat(report.files())
        .hasSize(2)
        .allSatisfy(
            file -> {
              assertThat(file.message()).isEmpty();
              assertThat(file.failures()).as(file.file()).isEmpty();
              assertThat(file.omissions()).isEmpty();
            });
    assertThat(report.total()).isEqualTo("2 passed, 0 failed, 0 not replayed");
    assertThat(report.files().get(0).checks())
        .extracting(TensorCheck::tensor)
        .contains("top_idx", "w0.5.fuse32_sub", "w1.output_crop_y224_x200_64");
    assertThat(report.files().get(1).checks())
        .extracting(TensorCheck::tensor)
        .contains("priors", "n_detections", "detections");
  }

  @Test
  void theKeysAreThoseOfTheOfficialFiles() throws IOException {
    assertThat(shapes(CodeFormer.parameters())).isEqualTo(official("codeformer"));
    assertThat(shapes(RetinaFace.graph().parameters())).isEqualTo(official("retinaface_r50"));
  }

  private static Map<String, List<Integer>> shapes(Map<String, ParameterSpec> parameters) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    parameters.forEach((key, spec) -> shapes.put(key, spec.shape()));
    return shapes;
  }

  private static Map<String, List<Integer>> official(String name) throws IOException {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    String list = Files.readString(SharedFolder.path("goldens2/keys/keys_" + name + ".json"));
    for (JsonElement pair : JsonParser.parseString(list).getAsJsonArray()) {
      shapes.put(
          pair.getAsJsonArray().get(0).getAsString(),
          pair.getAsJsonArray().get(1).getAsJsonArray().asList().stream()
              .map(JsonElement::getAsInt)
              .toList());
    }
    return shapes;
  }
}
