package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  @TempDir Path folder;
  private Checkpoint base;
  private Checkpoint module;

  @BeforeEach
  void writeFiles() {
    base =
        write(
            "base",
            "model.diffusion_model.out.2.weight",
            "first_stage_model.encoder.conv_in.weight");
    module =
        write(
            "module",
            "model.diffusion_model.input_blocks.1.0.spade.mlp_beta.bias",
            "structcond_stage_model.out.weight",
            "model.diffusion_model.out.2.weight");
  }

  @AfterEach
  void closeFiles() {
    base.close();
    module.close();
  }

  private Checkpoint write(String name, String... keys) {
    Path path = folder.resolve(name + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    for (String key : keys) {
      writer.add(key, FloatTensor.of(new float[] {name.length(), 0}, 2), ElementType.F32);
    }
    writer.write(path);
    return Checkpoint.open(path);
  }

  @Test
  void laterCheckpointsLieOverEarlierOnes() {
    Weights weights = Weights.of(base).overlay(module);
    assertThat(weights.names()).hasSize(4);
    assertThat(weights.get("model.diffusion_model.out.2.weight").toFloats().data()[0])
        .isEqualTo("module".length());
    assertThat(Weights.of(base).get("model.diffusion_model.out.2.weight").toFloats().data()[0])
        .isEqualTo("base".length());
  }

  @Test
  void prefixesAreRenamedAndCutOff() {
    Weights weights = Weights.of(base).renamed("first_stage_model.", "vae.");
    assertThat(weights.names())
        .containsExactly("model.diffusion_model.out.2.weight", "vae.encoder.conv_in.weight");
    assertThat(weights.get("vae.encoder.conv_in.weight").name())
        .isEqualTo("vae.encoder.conv_in.weight");
    assertThat(Weights.of(base).below("first_stage_model.").names())
        .containsExactly("encoder.conv_in.weight");
    Weights clash =
        Weights.of(base).overlay(Weights.of(base).renamed("first_stage_model.", "vae."));
    assertThatThrownBy(() -> clash.renamed("vae.", "first_stage_model."))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("that key exists already");
  }

  @Test
  void anAbsentKeyIsNamed() {
    assertThat(Weights.of(base).find("nothing")).isEmpty();
    assertThatThrownBy(() -> Weights.of(base).get("nothing"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "The weights have no tensor 'nothing' among their 2; they look like a Stable Diffusion"
                + " base file (v2-1_*.ckpt)");
  }

  @Test
  void theStrictCheckListsWhatIsMissingMisshapedAndUnused() {
    Map<String, long[]> expected = new LinkedHashMap<>();
    expected.put("model.diffusion_model.out.2.weight", new long[] {3});
    for (int i = 0; i < 7; i++) {
      expected.put("layer." + i, new long[] {1});
    }
    KeyCheck check = KeyCheck.of(expected, Weights.of(base));
    assertThat(check.missing()).hasSize(7);
    assertThat(check.misshaped())
        .containsExactly(
            new KeyCheck.Misshaped("model.diffusion_model.out.2.weight", List.of(3L), List.of(2L)));
    assertThat(check.unused()).containsExactly("first_stage_model.encoder.conv_in.weight");
    assertThatThrownBy(() -> check.requireComplete("the UNet"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Cannot load the UNet: 7 keys are missing (layer.0, layer.1, layer.2, layer.3, layer.4,"
                + " ...); 1 keys have another shape (model.diffusion_model.out.2.weight [2] instead"
                + " of [3]); 1 keys are unused. Is it the right file for this architecture?")
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(ErrorCode.CHECKPOINT_KEYS);
    Map<String, long[]> met = Map.of("model.diffusion_model.out.2.weight", new long[] {2});
    assertThat(KeyCheck.of(met, Weights.of(base)).requireComplete("the UNet").complete()).isTrue();
  }

  @Test
  void theWrongFileIsCalledByItsName() {
    List<String> cfw =
        List.of(
            "encoder.conv_in.weight",
            "decoder.conv_in.weight",
            "decoder.fusion_layer_2.encode_enc_1.conv1.weight");
    assertThat(CheckpointKind.of(cfw)).isEqualTo(CheckpointKind.CFW_AUTOENCODER);
    assertThat(CheckpointKind.of(cfw.subList(0, 2))).isEqualTo(CheckpointKind.AUTOENCODER);
    assertThat(CheckpointKind.of(cfw.subList(2, 3))).isEqualTo(CheckpointKind.CFW_MODULE);
    assertThat(CheckpointKind.of(List.of())).isEqualTo(CheckpointKind.UNKNOWN);
    assertThat(CheckpointKind.require(base, CheckpointKind.STABLE_DIFFUSION))
        .isEqualTo(CheckpointKind.STABLE_DIFFUSION);
    try (Checkpoint checkpoint = write("cfw", cfw.toArray(String[]::new))) {
      assertThatThrownBy(() -> CheckpointKind.require(checkpoint, CheckpointKind.STABLESR))
          .isInstanceOf(StableSrException.class)
          .hasMessage(
              checkpoint.file()
                  + " looks like the CFW autoencoder file (vqgan_cfw_*.ckpt); expected the StableSR"
                  + " diffusion file (stablesr_*.ckpt)");
    }
  }
}
