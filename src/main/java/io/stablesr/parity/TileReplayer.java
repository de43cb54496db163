package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GaussianWeights;
import io.stablesr.diffusion.PixelTiles;
import io.stablesr.diffusion.TileAggregation;
import io.stablesr.diffusion.Window;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;

/** 11: Gaussian weights and blends of pixel tiles (docs/mathematics.md 4.2, 4.3). */
final class TileReplayer implements Replayer {
  /** A few units in the last place of f64: exponentials differ between mathematical libraries. */
  private static final Tolerance EXPONENTIAL = Tolerance.relative(4e-15);

  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher name : replay.golden().matching("(?:latent|pixel)_gaussian_f64/(\\d+)")) {
      int side = Integer.parseInt(name.group(1));
      double[] weights = GaussianWeights.of(side, side, GaussianCentre.PUBLISHED);
      replay.check(name.group(), weights, EXPONENTIAL);
    }
    for (Matcher name : replay.golden().matching("(.+)/gathered")) {
      blend(replay, name.group(1), name.group());
    }
  }

  /**
   * Blends the recorded tiles. Their stride is not recorded: of all strides that give as many tiles
   * the one that comes closest is compared.
   */
  private static void blend(Replay replay, String source, String name) {
    FloatTensor patches = replay.input(source + "/patches");
    FloatTensor gathered = replay.input(name);
    replay.golden().tensor(source + "/image");
    int size = patches.dim(-1);
    Set<List<Window>> layouts = new LinkedHashSet<>();
    for (int stride = 1; stride <= Math.max(size, 1); stride++) {
      List<Window> windows = PixelTiles.of(gathered.dim(2), gathered.dim(3), size, stride);
      if (windows.size() == patches.dim(0)) {
        layouts.add(windows);
      }
    }
    layouts.stream()
        .map(windows -> blended(patches, windows, gathered))
        .min(Comparator.comparingDouble(blend -> distance(blend, gathered)))
        .ifPresentOrElse(
            blend -> replay.check(name, blend, replay.tolerances().arithmetic()),
            () -> replay.fail(name, Tolerance.EXACT, "no stride gives as many tiles"));
  }

  private static FloatTensor blended(FloatTensor patches, List<Window> windows, FloatTensor like) {
    TileAggregation aggregation =
        new TileAggregation(like.dim(0), like.dim(1), like.dim(2), like.dim(3));
    double[] weights =
        GaussianWeights.of(patches.dim(-2), patches.dim(-1), GaussianCentre.PUBLISHED);
    for (int k = 0; k < windows.size(); k++) {
      FloatTensor patch = Slices.entry(patches, k);
      for (int image = 0; image < patch.dim(0); image++) {
        aggregation.add(image, windows.get(k), patch, image, weights);
      }
    }
    return aggregation.mean();
  }

  private static double distance(FloatTensor one, FloatTensor other) {
    double distance =
        Difference.of(one.size(), i -> one.data()[i], i -> other.data()[i]).relativeL2();
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }
}
