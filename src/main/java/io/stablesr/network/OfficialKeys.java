package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The complete key tables of the official checkpoint files, including what inference does not read.
 * They tell an official file from anything else, and are what a synthetic checkpoint is made from.
 */
public final class OfficialKeys {
  private static final List<String> SCHEDULE_BUFFERS =
      List.of(
          "betas",
          "alphas_cumprod",
          "alphas_cumprod_prev",
          "sqrt_alphas_cumprod",
          "sqrt_one_minus_alphas_cumprod",
          "log_one_minus_alphas_cumprod",
          "sqrt_recip_alphas_cumprod",
          "sqrt_recipm1_alphas_cumprod",
          "posterior_variance",
          "posterior_log_variance_clipped",
          "posterior_mean_coef1",
          "posterior_mean_coef2");

  private OfficialKeys() {}

  /** The schedule's tables at the root of the diffusion file; they are always computed anew. */
  public static List<String> scheduleBuffers() {
    return SCHEDULE_BUFFERS;
  }

  /** {@code stablesr_*.ckpt}: UNet, time-aware encoder, plain autoencoder, text tower, schedule. */
  public static Map<String, ParameterSpec> diffusionCheckpoint(Architecture architecture) {
    Graphs graphs = new Graphs(architecture);
    Map<String, ParameterSpec> table = new LinkedHashMap<>();
    for (String buffer : SCHEDULE_BUFFERS) {
      put(table, buffer, List.of(1000));
    }
    add(table, graphs.denoiser(Graphs.Extent.TILE));
    add(table, graphs.encoder(Graphs.Extent.TILE, Graphs.FIRST_STAGE_SCOPE));
    add(table, graphs.decoder(Graphs.Extent.TILE, Graphs.FIRST_STAGE_SCOPE));
    architecture
        .textEncoder()
        .ifPresent(
            text -> {
              add(table, graphs.textEncoder(text.layers()));
              String scope = TextEncoder.SCOPE.prefix();
              put(table, scope + ".text_projection", List.of(text.width(), text.width()));
              put(table, scope + ".logit_scale", List.of());
            });
    return table;
  }

  /** {@code vqgan_cfw_*.ckpt}: the autoencoder with its fusion layers. */
  public static Map<String, ParameterSpec> autoencoderCheckpoint(Architecture architecture) {
    Graphs graphs = new Graphs(architecture);
    Map<String, ParameterSpec> table = new LinkedHashMap<>();
    add(table, graphs.encoder(Graphs.Extent.TILE, Graphs.CFW_SCOPE));
    add(table, graphs.fusingDecoder(Graphs.Extent.TILE));
    return table;
  }

  private static void add(Map<String, ParameterSpec> table, Graph graph) {
    table.putAll(graph.parameters());
  }

  private static void put(Map<String, ParameterSpec> table, String key, List<Integer> shape) {
    table.put(key, new ParameterSpec(key, shape));
  }
}
