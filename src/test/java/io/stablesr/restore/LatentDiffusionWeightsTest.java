package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.network.LatentDiffusionSr;
import io.stablesr.testing.LatentDiffusionFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentDiffusionWeightsTest {
  private static final String FIRST = "model.diffusion_model.input_blocks.0.0.bias";
  private static final String FIRST_AVERAGED = "model_ema.diffusion_modelinput_blocks00bias";

  @TempDir private Path folder;

  private Path write(Map<String, FloatTensor> weights) {
    return LatentDiffusionFile.write(folder.resolve("ldm.safetensors"), weights);
  }

  @Test
  void averagedWeightsAreTakenWhereTheyAreThere() {
    Map<String, FloatTensor> weights = LatentDiffusionFile.weights();
    try (LatentDiffusionWeights plain = LatentDiffusionWeights.open(write(weights))) {
      assertThat(plain.network()).isEqualTo(LatentDiffusionFile.NARROW);
      assertThat(plain.unet().get(FIRST).toFloats().data()).isEqualTo(weights.get(FIRST).data());
      assertThat(plain.codebook().shape()).containsExactly(60, 3);
    }
    average(weights);
    try (LatentDiffusionWeights averaged = LatentDiffusionWeights.open(write(weights))) {
      assertThat(averaged.unet().get(FIRST).toFloats().data())
          .isEqualTo(weights.get(FIRST_AVERAGED).data());
    }
    weights.remove(FIRST_AVERAGED);
    refused(weights, "the averaged UNet (model_ema) of LDM from", "1 keys are missing (" + FIRST);
  }

  private static void average(Map<String, FloatTensor> weights) {
    LatentDiffusionFile.NARROW
        .averagedKeys()
        .forEach(
            (key, averaged) -> {
              FloatTensor value = weights.get(key).copy();
              value.data()[0] += 0.25f;
              weights.put(averaged, value);
            });
    weights.put("model_ema.decay", FloatTensor.zeros(1));
    weights.put("model_ema.num_updates", FloatTensor.zeros(1));
  }

  @Test
  void missingMisshapenAndUnknownKeysAreNamed() {
    Map<String, FloatTensor> weights = LatentDiffusionFile.weights();
    weights.remove(FIRST);
    refused(weights, "Cannot load the UNet of LDM from", "1 keys are missing (" + FIRST);
    weights = LatentDiffusionFile.weights();
    weights.put("first_stage_model.decoder.conv_out.bias", FloatTensor.zeros(4));
    refused(
        weights,
        "Cannot load the autoencoder of LDM from",
        "1 keys have another shape (first_stage_model.decoder.conv_out.bias [4] instead of [3])");
    weights = LatentDiffusionFile.weights();
    weights.put("cond_stage_model.weight", FloatTensor.zeros(4));
    refused(weights, "1 keys are unknown (cond_stage_model.weight); this is another model.");
  }

  private void refused(Map<String, FloatTensor> weights, String... messages) {
    Path file = write(weights);
    assertThatThrownBy(() -> LatentDiffusionWeights.open(file))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessageContainingAll(messages);
  }

  @Test
  void rowsNameMethodFileAndDigestAndASecondFileIsRefused() throws IOException {
    Path file = write(LatentDiffusionFile.weights());
    ModelSettings settings = LatentDiffusionSamples.settings(file);
    String expected = "ldm:ldm@" + Digests.sha256(file);
    assertThat(new MethodFactory().describe(settings).modelId()).isEqualTo(expected);
    try (Upscaler upscaler = new MethodFactory().open(settings)) {
      assertThat(upscaler.modelId()).isEqualTo(expected);
    }
    ModelSettings two =
        NetworkSamples.settings(
            UpscaleMethod.LDM, NetworkFiles.mean(file.toString(), file.toString(), 0.5));
    assertThatThrownBy(() -> new MethodFactory().open(two))
        .hasMessageContaining("model.weak-weights is ")
        .hasMessageContaining("but model.method is ldm, which has one file.");
    assertThatThrownBy(() -> LatentDiffusionWeights.open(Path.of("/none/model.ckpt")))
        .hasMessageStartingWith("There is no weight file /none/model.ckpt;");
    assertThat(LatentDiffusionSr.isUnread("first_stage_model.quantize.embedding.weight")).isFalse();
  }
}
