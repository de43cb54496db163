package io.stablesr.metric;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.ClipImageTower;
import java.util.List;
import java.util.Map;

/**
 * CLIP-IQA (Wang et al. 2023): to which of two opposite texts a picture is nearer; 0..1, higher is
 * better; the mean over pairs of texts.
 */
public final class ClipIqa implements PictureMetric, AutoCloseable {
  /** The pairs of IQA-PyTorch, which the published tables were made with. */
  public static final List<String> FIVE_PAIRS =
      List.of(
          "Good image",
          "bad image",
          "Sharp image",
          "blurry image",
          "sharp edges",
          "blurry edges",
          "High resolution image",
          "low resolution image",
          "Noise-free image",
          "noisy image");

  /** The pair of the authors of CLIP-IQA. */
  public static final List<String> OFFICIAL_PAIR = List.of("Good photo.", "Bad photo.");

  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private final TensorEngine engine;
  private final CompiledNetwork residual;
  private final CompiledNetwork pooling;
  private final List<float[]> texts;
  private final double scale;

  /**
   * @param engine stays open as long as this
   * @param weights of CLIP RN50 under OpenAI's keys
   * @param texts good and bad ones in turn
   * @throws io.stablesr.core.StableSrException CHECKPOINT_KEYS where a weight is missing or has
   *     another shape
   */
  public ClipIqa(TensorEngine engine, Weights weights, List<String> texts) {
    this.engine = engine;
    this.texts = ClipTexts.features(engine, weights, texts).stream().map(ClipIqa::unit).toList();
    this.scale = Math.exp(weights.get("logit_scale").toFloats().data()[0]);
    this.residual = engine.compile(ClipImageTower.residual(), weights, CompileOptions.EXACT);
    this.pooling = engine.compile(ClipImageTower.pooling(), weights, CompileOptions.EXACT);
  }

  @Override
  public double score(FloatTensor picture) {
    double[] logits = logits(features(picture));
    double sum = 0;
    for (int i = 0; i < logits.length; i += 2) {
      sum += 1 / (1 + Math.exp(logits[i + 1] - logits[i]));
    }
    return sum / (logits.length / 2.0);
  }

  /** Scaled cosines to each text. */
  public double[] logits(float[] features) {
    float[] unit = unit(features);
    return texts.stream()
        .mapToDouble(
            text -> {
              double cosine = 0;
              for (int i = 0; i < unit.length; i++) {
                cosine += (double) unit[i] * text[i];
              }
              return scale * cosine;
            })
        .toArray();
  }

  /** What the image tower makes of a picture, {@code [1024]}. */
  public float[] features(FloatTensor picture) {
    try (TensorScope scope = engine.scope()) {
      FloatTensor tokens =
          residual
              .run(scope, Map.of("x", scope.upload(Pictures.normalized(picture, MEAN, DEVIATION))))
              .get("tokens")
              .download();
      FloatTensor all =
          pooling
              .run(scope, Map.of("tokens", scope.upload(withMean(tokens))))
              .get("features")
              .download();
      float[] first = new float[ClipImageTower.FEATURES];
      System.arraycopy(all.data(), 0, first, 0, first.length);
      return first;
    }
  }

  /** {@code [1,L,C]} to {@code [1,1+L,C]}. */
  private static FloatTensor withMean(FloatTensor tokens) {
    int count = tokens.dim(1);
    int width = tokens.dim(2);
    FloatTensor out = FloatTensor.zeros(1, count + 1, width);
    double[] sums = new double[width];
    for (int i = 0; i < tokens.size(); i++) {
      sums[i % width] += tokens.data()[i];
    }
    for (int c = 0; c < width; c++) {
      out.data()[c] = (float) (sums[c] / count);
    }
    System.arraycopy(tokens.data(), 0, out.data(), width, tokens.size());
    return out;
  }

  private static float[] unit(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float[] unit = vector.clone();
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (unit[i] / Math.sqrt(squares));
    }
    return unit;
  }

  @Override
  public void close() {
    residual.close();
    pooling.close();
  }
}
