package io.stablesr.metric;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.PerceptualTrunk;
import java.util.Map;

/**
 * Learned perceptual distance (Zhang et al. 2018, version 0.1): squared differences of normalised
 * activations, weighted per channel, averaged over the picture, summed over layers. 0 for equal
 * pictures.
 */
public final class Lpips implements PairMetric, AutoCloseable {
  private static final double EPSILON = 1e-10;

  private final TensorEngine engine;
  private final CompiledNetwork network;
  private final TrunkInput input;
  private final float[][] heads;

  /**
   * @param engine stays open as long as this
   * @param trunk which network
   * @param trunkWeights its convolutions under torchvision's keys
   * @param headWeights {@code linN.model.1.weight [1,C,1,1]} for each activation N
   * @param input how the trunk's weights want a picture
   * @throws StableSrException CHECKPOINT_KEYS where a weight is missing or has another size
   */
  public Lpips(
      TensorEngine engine,
      PerceptualTrunk trunk,
      Weights trunkWeights,
      Weights headWeights,
      TrunkInput input) {
    this.engine = engine;
    this.input = input;
    this.heads = new float[trunk.channels().size()][];
    for (int layer = 0; layer < heads.length; layer++) {
      String key = "lin%d.model.1.weight".formatted(layer);
      heads[layer] = headWeights.get(key).toFloats().data();
      if (heads[layer].length != trunk.channels().get(layer)) {
        throw new StableSrException(
            ErrorCode.CHECKPOINT_KEYS,
            "Weight %s has %d channels; the trunk %s has %d."
                .formatted(key, heads[layer].length, trunk, trunk.channels().get(layer)));
      }
    }
    this.network = engine.compile(trunk.graph(), trunkWeights, CompileOptions.EXACT);
  }

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    double sum = 0;
    for (double layer : layers(picture, truth)) {
      sum += layer;
    }
    return sum;
  }

  /** The addends of the layers. */
  public double[] layers(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> one = network.run(scope, Map.of("x", upload(scope, picture)));
      Map<String, DeviceTensor> other = network.run(scope, Map.of("x", upload(scope, truth)));
      double[] distances = new double[heads.length];
      for (int layer = 0; layer < distances.length; layer++) {
        String name = Integer.toString(layer);
        distances[layer] =
            distance(one.get(name).download(), other.get(name).download(), heads[layer]);
      }
      return distances;
    }
  }

  private DeviceTensor upload(TensorScope scope, FloatTensor picture) {
    return scope.upload(input.of(picture));
  }

  /** Of activations {@code [1,C,h,w]}. */
  private static double distance(FloatTensor one, FloatTensor other, float[] head) {
    int plane = one.dim(2) * one.dim(3);
    double[] normOne = norms(one, plane);
    double[] normOther = norms(other, plane);
    double sum = 0;
    for (int c = 0; c < head.length; c++) {
      double weighted = 0;
      for (int i = 0; i < plane; i++) {
        int at = c * plane + i;
        double difference = one.data()[at] / normOne[i] - other.data()[at] / normOther[i];
        weighted += difference * difference;
      }
      sum += head[c] * weighted;
    }
    return sum / plane;
  }

  private static double[] norms(FloatTensor activation, int plane) {
    double[] norms = new double[plane];
    for (int i = 0; i < activation.size(); i++) {
      double value = activation.data()[i];
      norms[i % plane] += value * value;
    }
    for (int i = 0; i < plane; i++) {
      norms[i] = Math.sqrt(norms[i]) + EPSILON;
    }
    return norms;
  }

  @Override
  public void close() {
    network.close();
  }
}
