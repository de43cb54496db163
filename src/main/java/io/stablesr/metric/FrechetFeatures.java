package io.stablesr.metric;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.PilResize;
import io.stablesr.network.InceptionFeatures;
import java.util.Map;

/**
 * The features of a picture that the Fréchet distance compares, in the "clean" way (Parmar et al.
 * 2022): resized to 299x299 as Pillow resizes floats, bicubic with antialiasing.
 */
public final class FrechetFeatures implements AutoCloseable {
  private static final double HALF_RANGE = 128;
  private static final double LEVELS = 255;

  private final TensorEngine engine;
  private final CompiledNetwork network;

  /**
   * @param engine stays open as long as this
   * @param weights of the original graph under torchvision's keys ({@code pt_inception-2015-12-05})
   * @throws io.stablesr.core.StableSrException CHECKPOINT_KEYS where a weight is missing or has
   *     another shape
   */
  public FrechetFeatures(TensorEngine engine, Weights weights) {
    this.engine = engine;
    this.network = engine.compile(InceptionFeatures.graph(), weights, CompileOptions.EXACT);
  }

  /**
   * The features {@code [2048]}.
   *
   * @param picture {@code [3,H,W]} in 0..1, 8-bit values
   */
  public float[] of(FloatTensor picture) {
    FloatTensor x = resized(picture);
    for (int i = 0; i < x.size(); i++) {
      x.data()[i] = (float) ((x.data()[i] - HALF_RANGE) / HALF_RANGE);
    }
    return evaluate(x);
  }

  /** In 0..255, {@code [3,299,299]}. */
  public static FloatTensor resized(FloatTensor picture) {
    FloatTensor levels = FloatTensor.zeros(picture.shape());
    for (int i = 0; i < levels.size(); i++) {
      levels.data()[i] = (float) (picture.data()[i] * LEVELS);
    }
    FloatTensor resized =
        PilResize.bicubicFloats(levels, InceptionFeatures.PIXELS, InceptionFeatures.PIXELS);
    for (int i = 0; i < resized.size(); i++) {
      resized.data()[i] = (float) Math.max(0, Math.min(LEVELS, resized.data()[i]));
    }
    return resized;
  }

  /** Of a picture {@code [3,299,299]} as the network wants it. */
  float[] evaluate(FloatTensor x) {
    try (TensorScope scope = engine.scope()) {
      DeviceTensor input = scope.upload(x.reshape(1, 3, x.dim(1), x.dim(2)));
      FloatTensor map = network.run(scope, Map.of("x", input)).get("features").download();
      int plane = map.dim(2) * map.dim(3);
      float[] features = new float[map.dim(1)];
      for (int c = 0; c < features.length; c++) {
        double sum = 0;
        for (int i = 0; i < plane; i++) {
          sum += map.data()[c * plane + i];
        }
        features[c] = (float) (sum / plane);
      }
      return features;
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
