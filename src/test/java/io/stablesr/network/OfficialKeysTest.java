package io.stablesr.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.graph.ParameterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class OfficialKeysTest {
  private final Map<String, ParameterSpec> diffusion =
      OfficialKeys.diffusionCheckpoint(Architecture.OFFICIAL);
  private final Map<String, ParameterSpec> autoencoder =
      OfficialKeys.autoencoderCheckpoint(Architecture.OFFICIAL);

  @Test
  void theDiffusionCheckpointHasTheOfficialKeysAndShapes() throws IOException {
    assertThat(diffusion).hasSize(1616);
    assertThat(lines(diffusion)).isEqualTo(recorded("keys_full_unet_sr.tsv"));
  }

  @Test
  void theAutoencoderCheckpointHasTheOfficialKeysAndShapes() throws IOException {
    assertThat(autoencoder).hasSize(404);
    assertThat(lines(autoencoder)).isEqualTo(recorded("keys_full_vae_cfw.tsv"));
  }

  @Test
  void theOfficialNetworksHaveThePublishedParameterCounts() {
    assertThat(count(diffusion, key -> key.startsWith("model.diffusion_model.")))
        .isEqualTo(918_930_884);
    assertThat(count(diffusion, key -> key.contains(".spade."))).isEqualTo(53_020_160);
    assertThat(count(diffusion, key -> key.startsWith("structcond_stage_model.")))
        .isEqualTo(52_494_080);
    assertThat(count(diffusion, key -> key.startsWith("first_stage_model."))).isEqualTo(83_653_863);
    assertThat(count(diffusion, key -> key.startsWith("cond_stage_model."))).isEqualTo(354_032_641);
    assertThat(count(autoencoder, key -> key.startsWith("encoder."))).isEqualTo(34_163_592);
    assertThat(count(autoencoder, key -> key.contains("fusion_layer_"))).isEqualTo(44_393_728);
    assertThat(
            count(autoencoder, key -> key.startsWith("decoder.") && !key.contains("fusion_layer_")))
        .isEqualTo(49_490_179);
    assertThat(count(autoencoder, key -> key.contains("quant_conv"))).isEqualTo(92);
  }

  private static long count(Map<String, ParameterSpec> table, Predicate<String> keys) {
    return table.values().stream()
        .filter(spec -> keys.test(spec.key()))
        .mapToLong(ParameterSpec::size)
        .sum();
  }

  private static Map<String, String> lines(Map<String, ParameterSpec> table) {
    Map<String, String> lines = new TreeMap<>();
    table.forEach((key, spec) -> lines.put(key, spec.shape().toString().replace(" ", "")));
    return lines;
  }

  private static Map<String, String> recorded(String file) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (String line : Files.readAllLines(SharedFolder.path("goldens/" + file))) {
      String[] columns = line.split("\t", -1);
      lines.put(columns[0], columns[1].replace(" ", ""));
    }
    return lines;
  }
}
