package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Symbol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Weights of networks that start from nothing, as torch makes them: convolutions and linear maps
 * uniform in {@code ±1/sqrt(inputs)}, normalisations one and zero. The last convolutions of
 * residual blocks, the projections after attention and the denoiser's last convolution start at
 * zero, as published, so that these branches add nothing at first.
 */
public final class InitialWeights {
  private InitialWeights() {}

  /** {@code values} and what {@code graphs} read besides, drawn from {@code seed}. */
  public static Map<String, FloatTensor> complete(
      Map<String, FloatTensor> values, List<Graph> graphs, long seed) {
    Map<String, FloatTensor> all = new LinkedHashMap<>(values);
    for (Graph graph : graphs) {
      for (Symbol symbol : graph.symbols()) {
        for (ParameterSpec spec : symbol.op().parameters()) {
          all.computeIfAbsent(spec.key(), key -> initial(symbol.op(), spec, seed));
        }
      }
    }
    return all;
  }

  private static FloatTensor initial(Op op, ParameterSpec spec, long seed) {
    FloatTensor tensor = FloatTensor.zeros(spec.dims());
    if (op instanceof Op.GroupNorm || op instanceof Op.LayerNorm || op instanceof Op.BatchNorm) {
      if (spec.key().endsWith("weight")) {
        java.util.Arrays.fill(tensor.data(), 1);
      }
      return tensor;
    }
    if (startsAtZero(spec.key())) {
      return tensor;
    }
    double bound = 1 / Math.sqrt((double) inputs(op));
    // Keyed by name, so that a weight does not depend on which others there are.
    SplittableRandom random = new SplittableRandom(seed ^ 31L * spec.key().hashCode());
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return tensor;
  }

  private static boolean startsAtZero(String key) {
    boolean denoiser =
        key.startsWith("model.diffusion_model.") || key.startsWith("structcond_stage_model.");
    return denoiser
        && (key.contains(".out_layers.3.")
            || key.contains(".proj_out.")
            || key.startsWith("model.diffusion_model.out.2."));
  }

  private static long inputs(Op op) {
    ParameterSpec weight = op.parameters().get(0);
    return Math.max(1, weight.size() / weight.shape().get(0));
  }
}
