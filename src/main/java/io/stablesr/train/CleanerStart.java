package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Symbol;
import io.stablesr.network.SrvggNet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Weights of a cleaner that starts from nothing: slopes of 0.25, biases zero, convolutions normal
 * as He et al. 2015 say. Those in the middle hand every channel on and add a quarter of that, so
 * that a row of them without shortcuts begins as a shallow network and learns as one; the last is a
 * tenth of it, so that the first picture is nearly the repeated input.
 */
final class CleanerStart {
  private static final float SLOPE = 0.25f;
  private static final double MIDDLE_SHARE = 0.25;
  private static final double LAST_SHARE = 0.1;

  private CleanerStart() {}

  /** The weights of {@code network} by key, drawn from {@code seed}. */
  static Map<String, FloatTensor> weights(SrvggNet network, long seed) {
    Graph graph = network.graph(CleanerNetworks.RECORDED_PIXELS, CleanerNetworks.RECORDED_PIXELS);
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    int place = 0;
    for (Symbol symbol : graph.symbols()) {
      for (ParameterSpec spec : symbol.op().parameters()) {
        FloatTensor tensor = FloatTensor.zeros(spec.dims());
        if (symbol.op() instanceof Op.Prelu) {
          Arrays.fill(tensor.data(), SLOPE);
        } else if (tensor.rank() == 4) {
          SplittableRandom random = new SplittableRandom(seed ^ 31L * spec.key().hashCode());
          if (place == 0) {
            normal(tensor, random, 1);
          } else if (place <= network.convolutions()) {
            normal(tensor, random, MIDDLE_SHARE);
            handOn(tensor);
          } else {
            normal(tensor, random, LAST_SHARE);
          }
          place++;
        }
        weights.put(spec.key(), tensor);
      }
    }
    return weights;
  }

  private static void normal(FloatTensor tensor, SplittableRandom random, double share) {
    double inputs = tensor.size() / (double) tensor.dim(0);
    double deviation = share * Math.sqrt(2 / ((1 + SLOPE * SLOPE) * inputs));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) (deviation * random.nextGaussian());
    }
  }

  private static void handOn(FloatTensor tensor) {
    int channels = tensor.dim(0);
    int kernel = tensor.dim(2) * tensor.dim(3);
    for (int channel = 0; channel < channels; channel++) {
      tensor.data()[(channel * channels + channel) * kernel + kernel / 2] += 1;
    }
  }
}
