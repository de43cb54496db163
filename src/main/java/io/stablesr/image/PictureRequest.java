package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is to be written, but for the pixels.
 *
 * @param width pixels in a row of the result
 * @param height rows of the result
 * @param colors GREY stores one channel, the mean of the three that are passed; others three
 * @param alpha {@code [1,h,w]} of any size, enlarged bilinearly row by row
 * @param profile RGB profile that the colours are converted to and that is embedded
 * @param metadata what the source says
 * @param text keys of 1..79 Latin-1 characters and values, for the program's own parameters
 */
public record PictureRequest(
    int width,
    int height,
    SourceColorKind colors,
    Optional<FloatTensor> alpha,
    Optional<IccProfile> profile,
    SourceMetadata metadata,
    Map<String, String> text) {
  /** Checks the shapes. */
  public PictureRequest {
    Shapes.requireSize(height, width);
    Objects.requireNonNull(colors, "colors");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(metadata, "metadata");
    alpha.ifPresent(plane -> Shapes.requireChannels(plane, 1));
    text = Map.copyOf(text);
  }

  /** An sRGB picture without a source. */
  public static PictureRequest plain(
      int width, int height, Optional<FloatTensor> alpha, Map<String, String> text) {
    return new PictureRequest(
        width, height, SourceColorKind.RGB, alpha, Optional.empty(), SourceMetadata.none(), text);
  }
}
