package io.stablesr.job;

import io.stablesr.restore.ImageCost;
import java.io.Serializable;

/**
 * Native calls that run beside each other on a processor ({@link io.stablesr.engine.CallThreads}),
 * each with activations of its own, as estimated before the start.
 *
 * @param small most small calls at once
 * @param large most others
 * @param smallGflop work of the largest small call, in billions of operations
 * @param weightBytes weights, which they share
 */
public record CallsAtOnce(int small, int large, double smallGflop, long weightBytes)
    implements Serializable {
  /** Calls take turns. */
  public static final CallsAtOnce ONE = new CallsAtOnce(1, 1, 0, 0);

  private static final double GIGA = 1e9;

  /** A picture is encoded, encoded again for its features, and decoded. */
  private static final int AUTOENCODER_CALLS = 3;

  /**
   * Memory of the networks while images like this one are worked on.
   *
   * @param cost what one takes
   * @param images images in flight in a process
   */
  long bytes(ImageCost cost, int images) {
    return bytes(cost, cost.deviceBytes(), images);
  }

  /** The same where a call holds tiles of several and takes so many bytes with the weights. */
  long bytes(ImageCost cost, long callBytes, int images) {
    long calls = Math.max(1, Math.min(isSmall(cost) ? small : large, images));
    return callBytes + (calls - 1) * Math.max(0, callBytes - weightBytes);
  }

  /** Images whose tiles meet in one of the calls at once. */
  int share(ImageCost cost, int images) {
    int calls = isSmall(cost) ? small : large;
    return (images + calls - 1) / calls;
  }

  private boolean isSmall(ImageCost cost) {
    double denoiser = cost.denoiserFlops() / Math.max(1, cost.evaluations());
    return Math.max(denoiser, cost.autoencoderFlops() / AUTOENCODER_CALLS) / GIGA <= smallGflop;
  }
}
