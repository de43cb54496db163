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
 * Times a few evaluations of the denoiser on one tile, or on a quarter of its area where a whole
 * one would take long. Smaller ones would measure overhead, most of all on a busy machine.
 */
final class SpeedProbe {
  private static final int WARM_UPS = 1;
  private static final int RUNS = 5;

  /**
   * A tile of more operations than this is first tried at half its side, which by default is no
   * small call yet that would get one thread.
   */
  private static final double LARGE_FLOPS = 2.6e11;

  /** A device that evaluates that faster than this is measured with the whole tile after all. */
  private static final long QUICK_NANOS = 150_000_000;

  /** A slow device is not measured over and over. */
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
    int tile = model.tileLatents();
    int multiple = 1 << (model.architecture().unet().levels() - 1);
    int half = Math.max(multiple, tile / 2 / multiple * multiple);
    if (flops(tile) > LARGE_FLOPS) {
      long nanos = fastest(half);
      if (nanos > QUICK_NANOS) {
        return flops(half) / nanos;
      }
    }
    return flops(tile) / Math.max(1, fastest(tile));
  }

  private double flops(int side) {
    return new Graphs(model.architecture()).denoiser(new Extent(1, side, side)).cost().flops();
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
