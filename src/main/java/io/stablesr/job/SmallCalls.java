package io.stablesr.job;

import io.stablesr.restore.ImageCost;
import java.io.Serializable;
import java.util.List;

/**
 * Native calls that run beside each other on a processor ({@link io.stablesr.engine.CallThreads}),
 * each with activations of its own.
 *
 * @param atOnce most of them at once
 * @param mostGflop work of the largest of them, in billions of operations
 * @param weightBytes weights, which they share
 */
public record SmallCalls(int atOnce, double mostGflop, long weightBytes) implements Serializable {
  /** Calls take turns. */
  public static final SmallCalls NONE = new SmallCalls(1, 0, 0);

  private static final double GIGA = 1e9;

  /** A picture is encoded, encoded again for its features, and decoded. */
  private static final int AUTOENCODER_CALLS = 3;

  /**
   * Memory of the networks while so many images are worked on.
   *
   * @param images images in flight in a process
   */
  long bytes(List<FlightPlan.Need> needs, int images) {
    int calls = Math.min(atOnce, images);
    return needs.stream()
        .map(FlightPlan.Need::cost)
        .filter(this::isSmall)
        .mapToLong(cost -> weightBytes + calls * Math.max(0, cost.deviceBytes() - weightBytes))
        .max()
        .orElse(0);
  }

  private boolean isSmall(ImageCost cost) {
    double denoiser = cost.denoiserFlops() / Math.max(1, cost.evaluations());
    return Math.max(denoiser, cost.autoencoderFlops() / AUTOENCODER_CALLS) / GIGA <= mostGflop;
  }
}
