package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tiles in which there is nothing to restore, such as skies and walls: no network is evaluated for
 * them, and their clean latent is taken to be that of the low-resolution image (docs/mathematics.md
 * 3.8).
 *
 * @param roughness tiles whose latent is less rough than this are flat, 0..100; 0: none is
 */
public record FlatTiles(double roughness) {
  /** All tiles are sampled. */
  public static final FlatTiles OFF = new FlatTiles(0);

  /** Checks the value. */
  public FlatTiles {
    if (!(roughness >= 0 && roughness <= 100)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.flat-tile-roughness is %s; it must be in 0..100.".formatted(roughness));
    }
  }

  /** Whether any tile may be left out. */
  public boolean active() {
    return roughness > 0;
  }

  /** The windows of an image of {@code zLr [N,C,H,W]} that are flat. */
  Set<Window> among(List<Window> windows, FloatTensor zLr, int image) {
    return active()
        ? windows.stream()
            .filter(window -> roughnessOf(Tiles.crop(zLr, image, window)) < roughness)
            .collect(Collectors.toSet())
        : Set.of();
  }

  /**
   * The root mean square of the differences between neighbours, across and down, over all channels.
   *
   * @param latent {@code [1,C,h,w]}
   */
  static double roughnessOf(FloatTensor latent) {
    int height = latent.dim(2);
    int width = latent.dim(3);
    float[] values = latent.data();
    double squares = 0;
    long count = 0;
    for (int i = 0; i < values.length; i++) {
      if (i % width > 0) {
        squares += square(values[i] - values[i - 1]);
        count++;
      }
      if (i / width % height > 0) {
        squares += square(values[i] - values[i - width]);
        count++;
      }
    }
    return count == 0 ? 0 : Math.sqrt(squares / count);
  }

  private static double square(double value) {
    return value * value;
  }
}
