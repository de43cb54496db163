package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times a few evaluations of the denoiser: a quarter of a tile's area, or a whole tile where that
 * is quick.
 */
final class SpeedProbe {
  private static final int WARM_UPS = 1;
  private static final int RUNS = 3;
  private static final int SMALL_SIDE = 32;

  /** A device that evaluates the small tile faster than this is measured with a whole one. */
  private static final long QUICK_NANOS = 150_000_000;

  /** A slow device is not measured more than once. */
  private static final long ENOUGH_NANOS = 2_000_000_000L;

  private static final int TIMESTEP = 500;

  private final ModelDescription model;
  private final TilePredictor denoiser;
  private final LongSupplier nanoTime;

  SpeedProbe(ModelDescription model, TilePredictor denoiser, LongSupplier nanoTime) {
    this.model = model;
    this.denoiser = denoiser;
    this.nanoTime = nanoTime;
  }

  /** The fastest of a few runs. */
  double gflopsPerSecond() {
    int side = Math.min(SMALL_SIDE, model.tileLatents());
    long nanos = fastest(side);
    if (nanos < QUICK_NANOS && side < model.tileLatents()) {
      side = model.tileLatents();
      nanos = fastest(side);
    }
    Extent tile = new Extent(1, side, side);
    double flops = new Graphs(model.architecture()).denoiser(tile).cost().flops();
    return flops / Math.max(1, nanos);
  }

  private long fastest(int side) {
    FloatTensor latent =
        FloatTensor.zeros(1, model.architecture().unet().latentChannels(), side, side);
    Arrays.fill(latent.data(), 0.1f);
    long fastest = Long.MAX_VALUE;
    long begin = nanoTime.getAsLong();
    for (int run = -WARM_UPS; run < RUNS; run++) {
      long start = nanoTime.getAsLong();
      denoiser.predict(latent, latent, TIMESTEP, List.of(GuidanceBranch.POSITIVE));
      long end = nanoTime.getAsLong();
      if (run >= 0) {
        fastest = Math.min(fastest, end - start);
        if (end - begin > ENOUGH_NANOS) {
          break;
        }
      }
    }
    return fastest;
  }
}
