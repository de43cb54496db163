package io.stablesr.restore.faces;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.TorchResize;
import io.stablesr.network.RetinaFace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds faces by {@link RetinaFace}. A small picture is enlarged until its shorter side has {@value
 * #SHORTER_SIDE_PIXELS} pixels, a large one reduced until its longer side has {@value
 * #LONGER_SIDE_PIXELS}, because the network knows faces of about 10 to 600 pixels.
 */
public final class RetinaFaceDetector implements FaceDetector, AutoCloseable {
  static final int SHORTER_SIDE_PIXELS = 640;
  static final int LONGER_SIDE_PIXELS = 2048;

  /** Blue, green, red of the pictures that the network was trained on. */
  private static final float[] MEANS = {104, 117, 123};

  private final TensorEngine engine;
  private final CompiledNetwork network;

  /**
   * A detector.
   *
   * @param engine stays open as long as this
   * @param weights under the official keys without {@code module.}
   * @throws io.stablesr.core.StableSrException CHECKPOINT_KEYS where a weight is missing or has
   *     another shape
   */
  public RetinaFaceDetector(TensorEngine engine, Weights weights) {
    this.engine = engine;
    this.network = engine.compile(RetinaFace.graph(), weights, engine.recommended(Precision.FP32));
  }

  @Override
  public List<DetectedFace> detect(FloatTensor picture, double minimumScore) {
    double factor = factor(picture.dim(1), picture.dim(2));
    FloatTensor input = input(resized(picture, factor));
    Map<String, FloatTensor> answers = new HashMap<>();
    try (TensorScope scope = engine.scope()) {
      network
          .run(scope, Map.of("picture", scope.upload(input)))
          .forEach((name, value) -> answers.put(name, value.download()));
    }
    return new Anchors(input.dim(2), input.dim(3))
            .faces(
                joined(answers, "class/"),
                joined(answers, "box/"),
                joined(answers, "landmarks/"),
                minimumScore)
            .stream()
            .map(face -> face.enlarged(1 / factor))
            .toList();
  }

  /** What a picture of this size is enlarged by. */
  static double factor(int height, int width) {
    double enlarged = Math.max(1, (double) SHORTER_SIDE_PIXELS / Math.min(height, width));
    return Math.min(enlarged, (double) LONGER_SIDE_PIXELS / Math.max(height, width));
  }

  private static FloatTensor resized(FloatTensor picture, double factor) {
    int height = (int) Math.max(1, Math.round(factor * picture.dim(1)));
    int width = (int) Math.max(1, Math.round(factor * picture.dim(2)));
    if (factor == 1) {
      return picture;
    }
    return factor < 1
        ? TorchResize.area(picture, height, width)
        : TorchResize.bilinear(picture, height, width);
  }

  /**
   * A picture {@code [3,H,W]} in 0..1 as the network wants it, {@code [1,3,h,w]}: blue, green, red
   * in 0..255 less their means, and the means at the right and bottom up to multiples of 32.
   */
  public static FloatTensor input(FloatTensor picture) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    int outHeight = padded(height);
    int outWidth = padded(width);
    FloatTensor input = FloatTensor.zeros(1, 3, outHeight, outWidth);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          input.data()[(c * outHeight + y) * outWidth + x] =
              255 * picture.data()[((2 - c) * height + y) * width + x] - MEANS[c];
        }
      }
    }
    return input;
  }

  private static int padded(int side) {
    int coarsest = RetinaFace.STRIDES.get(RetinaFace.STRIDES.size() - 1);
    return (side + coarsest - 1) / coarsest * coarsest;
  }

  /** The answers of all resolutions one after the other. */
  public static float[] joined(Map<String, FloatTensor> answers, String prefix) {
    int size = 0;
    for (int i = 0; i < RetinaFace.STRIDES.size(); i++) {
      size += answers.get(prefix + i).size();
    }
    float[] all = new float[size];
    int at = 0;
    for (int i = 0; i < RetinaFace.STRIDES.size(); i++) {
      float[] part = answers.get(prefix + i).data();
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @Override
  public void close() {
    network.close();
  }
}
