package io.stablesr.train;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a cleaner learns from: patches to clean and, so that it learns what to leave alone, patches
 * it shall hand on as they are, because the model behind it deals with their damage better.
 *
 * @param patches to clean
 * @param kept to hand on, as the input itself is their target
 * @param keptShare of the pieces drawn from {@code kept}, in 0..1; above 0 only with {@code kept}
 */
record CleanerExamples(PatchSet patches, Optional<PatchSet> kept, double keptShare) {
  CleanerExamples {
    if (!(keptShare >= 0 && keptShare <= 1) || (keptShare > 0 && kept.isEmpty())) {
      throw new IllegalArgumentException(
          "A share of %s kept patches, which are %s".formatted(keptShare, kept));
    }
  }

  /** Only patches to clean. */
  static CleanerExamples toClean(PatchSet patches) {
    return new CleanerExamples(patches, Optional.empty(), 0);
  }

  /** Draws a patch. */
  Example draw(RandomGenerator random) {
    // Nothing is drawn for the choice where there is none, so that such runs stay what they were.
    if (keptShare > 0 && random.nextDouble() < keptShare) {
      PatchSet set = kept.orElseThrow();
      return new Example(set.get(random.nextInt(set.size())), Aim.KEEP);
    }
    return new Example(patches.get(random.nextInt(patches.size())), Aim.CLEAN);
  }

  /** What shall become of a patch. */
  enum Aim {
    CLEAN,
    KEEP
  }

  /** A patch and what shall become of it. */
  record Example(Patch patch, Aim aim) {}
}
