package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A picture as it is to be shown: orientation applied, colours in sRGB.
 *
 * @param rgb {@code [3,H,W]}, sRGB-encoded values 0..1, not multiplied by alpha
 * @param alpha {@code [1,H,W]}, 0 transparent to 1 opaque; empty where every pixel is opaque
 * @param source what the file was
 * @param metadata what the file says beside its pixels
 * @param warnings what is to be known about the decoding
 */
public record DecodedImage(
    FloatTensor rgb,
    Optional<FloatTensor> alpha,
    SourceFacts source,
    SourceMetadata metadata,
    List<ImageWarning> warnings) {
  /** Checks the shapes. */
  public DecodedImage {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(metadata, "metadata");
    warnings = List.copyOf(warnings);
    Shapes.requireChannels(rgb, 3);
    if (alpha.isPresent()) {
      Shapes.requireChannels(alpha.get(), 1);
      Shapes.requireSameSize(rgb, alpha.get());
    }
  }

  /** Width in pixels. */
  public int width() {
    return rgb.dim(2);
  }

  /** Height in pixels. */
  public int height() {
    return rgb.dim(1);
  }

  /**
   * What a network is to see: {@link #rgb} with the colours under transparent pixels replaced by
   * those of their neighbours, so that no black fringe is sharpened into the picture.
   */
  public FloatTensor bledRgb() {
    return alpha.isPresent() ? AlphaBleed.bleed(rgb, alpha.get()) : rgb;
  }

  /**
   * The profile that a result of this picture is to be stored with. An RGB profile is kept if it is
   * asked for; colours that are in sRGB only now are marked as such; grey and what has no profile
   * needs none.
   */
  public Optional<IccProfile> resultProfile(ProfilePolicy policy) {
    boolean converted = source.iccProfile().isPresent() || source.colors() == SourceColorKind.OTHER;
    if (!converted || source.colors() == SourceColorKind.GREY) {
      return Optional.empty();
    }
    boolean ignored =
        warnings.stream().anyMatch(w -> w.code() == ImageWarning.Code.PROFILE_IGNORED);
    boolean keep = policy == ProfilePolicy.KEEP && source.colors() == SourceColorKind.RGB;
    return Optional.of(keep && !ignored ? source.iccProfile().get() : IccProfile.srgb());
  }
}
