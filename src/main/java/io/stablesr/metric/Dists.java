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
import io.stablesr.network.SimilarityTrunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Deep image structure and texture similarity (Ding et al. 2020, equations 7 to 9), as a distance:
 * means and correlations of the channels of six stages, the picture itself among them, at the
 * picture's own size. 0 for equal pictures.
 */
public final class Dists implements PairMetric, AutoCloseable {
  private static final double CONSTANT = 1e-6;
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] DEVIATION = {0.229, 0.224, 0.225};

  private final TensorEngine engine;
  private final CompiledNetwork network;
  private final float[] alpha;
  private final float[] beta;
  private final double total;

  /**
   * @param engine stays open as long as this
   * @param trunkWeights convolutions of VGG with 16 layers under torchvision's keys
   * @param channelWeights {@code alpha} and {@code beta [1,1475,1,1]}
   * @throws StableSrException CHECKPOINT_KEYS where a weight is missing or has another size
   */
  public Dists(TensorEngine engine, Weights trunkWeights, Weights channelWeights) {
    this.engine = engine;
    this.alpha = channel(channelWeights, "alpha");
    this.beta = channel(channelWeights, "beta");
    double sum = 0;
    for (int i = 0; i < alpha.length; i++) {
      sum += alpha[i] + (double) beta[i];
    }
    this.total = sum;
    this.network = engine.compile(SimilarityTrunk.graph(), trunkWeights, CompileOptions.EXACT);
  }

  private static float[] channel(Weights weights, String key) {
    float[] values = weights.get(key).toFloats().data();
    int channels = SimilarityTrunk.CHANNELS.stream().mapToInt(Integer::intValue).sum();
    if (values.length != channels) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Weight %s has %d values; the stages have %d channels."
              .formatted(key, values.length, channels));
    }
    return values;
  }

  @Override
  public double score(FloatTensor picture, FloatTensor truth) {
    Pairs.requireSame(picture, truth);
    List<FloatTensor> one = stages(picture);
    List<FloatTensor> other = stages(truth);
    double similarity = 0;
    int first = 0;
    for (int stage = 0; stage < one.size(); stage++) {
      FloatTensor x = one.get(stage);
      for (int c = 0; c < x.dim(1); c++) {
        similarity += channelSimilarity(x, other.get(stage), c, first + c);
      }
      first += x.dim(1);
    }
    return 1 - similarity / total;
  }

  /** The picture and the five activations, {@code [1,C,h,w]} each. */
  public List<FloatTensor> stages(FloatTensor picture) {
    List<FloatTensor> stages = new ArrayList<>();
    stages.add(picture.reshape(1, 3, picture.dim(1), picture.dim(2)));
    try (TensorScope scope = engine.scope()) {
      DeviceTensor x = scope.upload(Pictures.normalized(picture, MEAN, DEVIATION));
      Map<String, DeviceTensor> activations = network.run(scope, Map.of("x", x));
      for (int stage = 1; stage < SimilarityTrunk.CHANNELS.size(); stage++) {
        stages.add(activations.get(Integer.toString(stage)).download());
      }
    }
    return stages;
  }

  private double channelSimilarity(FloatTensor one, FloatTensor other, int channel, int weight) {
    int plane = one.dim(2) * one.dim(3);
    int from = channel * plane;
    double sumX = 0;
    double sumY = 0;
    for (int i = from; i < from + plane; i++) {
      sumX += one.data()[i];
      sumY += other.data()[i];
    }
    double meanX = sumX / plane;
    double meanY = sumY / plane;
    double varianceX = 0;
    double varianceY = 0;
    double covariance = 0;
    for (int i = from; i < from + plane; i++) {
      double x = one.data()[i] - meanX;
      double y = other.data()[i] - meanY;
      varianceX += x * x;
      varianceY += y * y;
      covariance += x * y;
    }
    double texture = (2 * meanX * meanY + CONSTANT) / (meanX * meanX + meanY * meanY + CONSTANT);
    double structure =
        (2 * covariance / plane + CONSTANT) / ((varianceX + varianceY) / plane + CONSTANT);
    return alpha[weight] * texture + beta[weight] * structure;
  }

  @Override
  public void close() {
    network.close();
  }
}
