package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * The weight files of a restoration network.
 *
 * @param weights {@code .pth}, {@code .safetensors}, or either file of an ncnn pair {@code .param},
 *     {@code .bin}; empty for no network
 * @param weakWeights a second file of the same network, trained to denoise less; empty for none
 * @param denoiseStrength share of {@code weights} in the mean of both files, 0..1; without a second
 *     file it has no effect
 * @param predictor the file of a network that guides the other, as DASR has it; empty for none
 */
public record NetworkFiles(
    String weights, String weakWeights, double denoiseStrength, String predictor) {
  /** No network. */
  public static final NetworkFiles NONE = of("");

  /** Checks every value. */
  public NetworkFiles {
    if (!(denoiseStrength >= 0 && denoiseStrength <= 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.denoise-strength is %s; it must be in 0..1.".formatted(denoiseStrength));
    }
    if (!predictor.isBlank() && !weakWeights.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.predictor-weights is %s and model.weak-weights %s; no network has both, leave out one."
              .formatted(predictor, weakWeights));
    }
    if (weights.isBlank() && !predictor.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.predictor-weights is %s, but model.weights is empty; give both files."
              .formatted(predictor));
    }
    if (weights.isBlank() && !weakWeights.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.weak-weights is %s, but model.weights is empty; give both files."
              .formatted(weakWeights));
    }
  }

  /** One file. */
  public static NetworkFiles of(String weights) {
    return new NetworkFiles(weights, "", 1, "");
  }

  /** A network and the one that guides it. */
  public static NetworkFiles guided(String weights, String predictor) {
    return new NetworkFiles(weights, "", 1, predictor);
  }

  /** The mean of two files of one network. */
  public static NetworkFiles mean(String weights, String weakWeights, double denoiseStrength) {
    return new NetworkFiles(weights, weakWeights, denoiseStrength, "");
  }

  /** Whether there is no network. */
  public boolean isEmpty() {
    return weights.isBlank();
  }
}
