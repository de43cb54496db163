package io.stablesr.testing;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.LatentDiffusionSr;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A narrow {@link LatentDiffusionSr} with synthetic weights, as a file has them. */
public final class LatentDiffusionFile {
  /** Its architecture. */
  public static final LatentDiffusionSr NARROW =
      new LatentDiffusionSr(
          32,
          List.of(1, 2),
          1,
          List.of(2),
          new AutoencoderConfig(32, List.of(1, 1, 1), 1, 3, MiddleAttention.SINGLE_HEAD, 32, 1, 1),
          60);

  private LatentDiffusionFile() {}

  /** Its tensors by key. */
  public static Map<String, FloatTensor> weights() {
    return weights(NARROW);
  }

  /** The tensors of a network by key. */
  public static Map<String, FloatTensor> weights(LatentDiffusionSr network) {
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    put(weights, "", network.denoiser(Extent.TILE));
    put(
        weights,
        LatentDiffusionSr.FIRST_STAGE,
        network.decoder().decoder(Extent.TILE, Graphs.CFW_SCOPE));
    String codebook = LatentDiffusionSr.FIRST_STAGE + LatentDiffusionSr.CODEBOOK;
    long[] lengths = network.codebookShape();
    FloatTensor codes = values(codebook, (int) lengths[0], (int) lengths[1]);
    for (int i = 0; i < codes.size(); i++) {
      codes.data()[i] *= 2.5f;
    }
    weights.put(codebook, codes);
    // What such files hold beside.
    weights.put("betas", FloatTensor.zeros(1000));
    weights.put("first_stage_model.encoder.conv_in.weight", FloatTensor.zeros(32, 3, 3, 3));
    weights.put("first_stage_model.quant_conv.weight", FloatTensor.zeros(3, 3, 1, 1));
    return weights;
  }

  private static void put(Map<String, FloatTensor> weights, String prefix, Graph graph) {
    graph
        .parameters()
        .forEach(
            (key, spec) ->
                weights.put(
                    prefix + key,
                    values(key, spec.shape().stream().mapToInt(Integer::intValue).toArray())));
  }

  private static FloatTensor values(String key, int... shape) {
    long[] lengths = java.util.Arrays.stream(shape).asLongStream().toArray();
    return FloatTensor.of(SyntheticWeights.values(key, lengths, SyntheticRules.PLAIN), shape);
  }

  /** Writes it. */
  public static Path write(Path file) {
    return write(file, weights());
  }

  /** Writes tensors. */
  public static Path write(Path file, Map<String, FloatTensor> weights) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    weights.forEach((key, value) -> writer.add(key, value, ElementType.F32));
    writer.write(file);
    return file;
  }
}
