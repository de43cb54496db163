package io.stablesr.diffusion;

/**
 * Which of the draws of one image a noise value belongs to.
 *
 * @param index 0 the VAE posterior, 1 the start, 2 + k the k-th executed step
 */
public record NoiseDraw(int index) {
  private static final int FIRST_STEP = 2;

  /** Sampling the posterior of the VAE encoder. */
  public static final NoiseDraw POSTERIOR = new NoiseDraw(0);

  /** The noise in x_T. */
  public static final NoiseDraw START = new NoiseDraw(1);

  /** Checks the index. */
  public NoiseDraw {
    if (index < 0) {
      throw new IllegalArgumentException("Draw index " + index);
    }
  }

  /** The noise added by the {@code k}-th executed step, k = 0 at the highest timestep. */
  public static NoiseDraw step(int k) {
    return new NoiseDraw(FIRST_STEP + k);
  }

  @Override
  public String toString() {
    return switch (index) {
      case 0 -> "posterior";
      case 1 -> "start";
      default -> "step " + (index - FIRST_STEP);
    };
  }
}
