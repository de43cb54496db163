package io.stablesr.diffusion;

import io.stablesr.core.FloatTensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be sampled.
 *
 * @param zLr latents of the low-resolution images {@code [N,4,h,w]}, scaled as the network wants
 * @param options how
 * @param noise one source per image
 * @param reference a latent to be drawn to, usually none
 */
public record LatentRequest(
    FloatTensor zLr,
    SamplingOptions options,
    List<NoiseSource> noise,
    Optional<ReferenceGuidance> reference) {
  /** Checks that there is noise for every image. */
  public LatentRequest {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(reference, "reference");
    noise = List.copyOf(noise);
    if (zLr.rank() != 4 || zLr.dim(0) != noise.size()) {
      throw new IllegalArgumentException(
          "Expected [%d,C,h,w] for %d noise sources, got %s"
              .formatted(noise.size(), noise.size(), zLr));
    }
  }

  /** One image without reference. */
  public static LatentRequest of(FloatTensor zLr, SamplingOptions options, NoiseSource noise) {
    return new LatentRequest(zLr, options, List.of(noise), Optional.empty());
  }
}
