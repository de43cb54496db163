package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * Reuse of deep features between steps (Ma et al. 2024, DeepCache, section 3.3; docs/mathematics.md
 * 3.7): every so many steps the UNet is evaluated whole and what enters its last up blocks is kept;
 * in the steps between only these blocks and the down blocks that they are connected to are.
 *
 * @param interval a whole evaluation every so many steps, 1..1000; 1: all are
 * @param blocks up blocks that are evaluated in every step, counted from the output, at least 1
 */
public record DeepCache(int interval, int blocks) {
  /** Every evaluation is whole. */
  public static final DeepCache OFF = new DeepCache(1, 1);

  /** Checks both values. */
  public DeepCache {
    if (interval < 1 || interval > 1000) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.deep-cache-interval is %d; it must be in 1..1000.".formatted(interval));
    }
    if (blocks < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.deep-cache-blocks is %d; it must be 1 or more.".formatted(blocks));
    }
  }

  /** Whether any step is less than whole. */
  public boolean active() {
    return interval > 1;
  }

  /**
   * What is evaluated in a step.
   *
   * @param step 0 for the first, noisiest one
   */
  public Reach reach(int step) {
    if (!active()) {
      return Reach.WHOLE;
    }
    return new Reach(step % interval == 0 ? Reach.Part.KEEPING : Reach.Part.SHALLOW, blocks);
  }

  /**
   * How deep an evaluation goes.
   *
   * @param part what is evaluated
   * @param blocks up blocks above the kept feature; 0 where none is kept
   */
  public record Reach(Part part, int blocks) {
    /** The UNet alone, without anything kept. */
    public static final Reach WHOLE = new Reach(Part.WHOLE, 0);

    /** What is evaluated. */
    public enum Part {
      /** All; nothing is kept. */
      WHOLE,
      /** All, and what enters the last blocks is kept. */
      KEEPING,
      /** The last blocks and what they are connected to, with what was kept. */
      SHALLOW
    }
  }
}
