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
 */
public record NetworkFiles(String weights, String weakWeights, double denoiseStrength) {
  /** No network. */
  public static final NetworkFiles NONE = new NetworkFiles("", "", 1);

  /** Checks every value. */
  public NetworkFiles {
    if (!(denoiseStrength >= 0 && denoiseStrength <= 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.denoise-strength is %s; it must be in 0..1.".formatted(denoiseStrength));
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
    return new NetworkFiles(weights, "", 1);
  }

  /** Whether there is no network. */
  public boolean isEmpty() {
    return weights.isBlank();
  }
}
