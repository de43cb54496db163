package io.stablesr.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs.Extent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatentDiffusionSrTest {
  private static Map<String, long[]> shapes(LatentDiffusionSr network) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    put(shapes, "", network.denoiser(Extent.TILE));
    put(
        shapes,
        LatentDiffusionSr.FIRST_STAGE,
        network.decoder().decoder(Extent.TILE, Graphs.CFW_SCOPE));
    shapes.put(LatentDiffusionSr.FIRST_STAGE + LatentDiffusionSr.CODEBOOK, network.codebookShape());
    return shapes;
  }

  private static void put(Map<String, long[]> shapes, String prefix, Graph graph) {
    graph
        .parameters()
        .forEach(
            (key, spec) ->
                shapes.put(
                    prefix + key, spec.shape().stream().mapToLong(Integer::longValue).toArray()));
  }

  @Test
  void isFoundFromItsOwnShapes() {
    assertThat(LatentDiffusionSr.infer(shapes(LatentDiffusionSr.OFFICIAL)))
        .isEqualTo(LatentDiffusionSr.OFFICIAL);
    assertThat(LatentDiffusionSr.OFFICIAL)
        .returns(4, LatentDiffusionSr::scale)
        .returns(8, LatentDiffusionSr::alignment);
  }

  @Test
  void thePublishedSettingsGiveTheirSizeAndNames() {
    Graph denoiser = LatentDiffusionSr.OFFICIAL.denoiser(Extent.TILE);
    // Counted here, so that no change of the widths goes unseen; no published count was at hand.
    assertThat(denoiser.parameterCount() / 1e6)
        .isCloseTo(113.62, org.assertj.core.data.Offset.offset(0.005));
    assertThat(denoiser.outputs().get("out").dim(1)).isEqualTo(3);
    Map<String, long[]> shapes = shapes(LatentDiffusionSr.OFFICIAL);
    String unet = "model.diffusion_model.";
    assertThat(shapes.get(unet + "input_blocks.0.0.weight")).containsExactly(160, 6, 3, 3);
    // Attention at the smallest resolution only: blocks 10 and 11, the middle, outputs 0 to 2.
    assertThat(shapes.keySet().stream().filter(key -> key.endsWith(".qkv.weight")))
        .containsExactly(
            unet + "input_blocks.10.1.qkv.weight",
            unet + "input_blocks.11.1.qkv.weight",
            unet + "middle_block.1.qkv.weight",
            unet + "output_blocks.0.1.qkv.weight",
            unet + "output_blocks.1.1.qkv.weight",
            unet + "output_blocks.2.1.qkv.weight");
    assertThat(shapes.get(unet + "middle_block.1.qkv.weight")).containsExactly(1920, 640, 1);
    assertThat(shapes)
        .containsKeys(
            unet + "output_blocks.2.2.conv.weight",
            unet + "output_blocks.5.1.conv.weight",
            unet + "output_blocks.11.0.skip_connection.weight",
            "first_stage_model.post_quant_conv.weight",
            "first_stage_model.decoder.mid.attn_1.q.weight",
            "first_stage_model.decoder.up.2.upsample.conv.weight");
    assertThat(shapes.get("first_stage_model.decoder.conv_in.weight"))
        .containsExactly(512, 3, 3, 3);
    assertThat(LatentDiffusionSr.OFFICIAL.averagedKeys())
        .containsEntry(
            unet + "input_blocks.0.0.weight", "model_ema.diffusion_modelinput_blocks00weight");
  }

  @Test
  void otherModelsAreRefused() {
    Map<String, long[]> plain = shapes(LatentDiffusionSr.OFFICIAL);
    plain.put("model.diffusion_model.input_blocks.0.0.weight", new long[] {160, 3, 3, 3});
    refused(plain, "The UNet takes 3 channels; that of x4 super-resolution takes 6");
    Map<String, long[]> variational = shapes(LatentDiffusionSr.OFFICIAL);
    variational.remove("first_stage_model.quantize.embedding.weight");
    refused(variational, "1 key is missing (first_stage_model.quantize.embedding.weight)");
    refused(Map.of("conv_first.weight", new long[] {64, 3, 3, 3}), "1 key is missing");
    assertThatThrownBy(
            () ->
                new LatentDiffusionSr(
                    48, List.of(1), 1, List.of(), LatentDiffusionSr.OFFICIAL.autoencoder(), 8))
        .hasMessage(
            "ldm.channels is 48; it must be a multiple of the groups of normalisations = 32.");
  }

  private static void refused(Map<String, long[]> shapes, String message) {
    assertThatThrownBy(() -> LatentDiffusionSr.infer(shapes))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessageContaining(message);
  }
}
