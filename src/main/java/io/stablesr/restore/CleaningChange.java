package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.Arrays;
import java.util.Locale;

/**
 * By how much a cleaner of factor 1 changes a picture: how severely the picture is degraded in the
 * eyes of a network that has learned to leave good ones as they are (docs/precleaning.md).
 *
 * @param levels root mean square of the change of luma, in levels of 8 bits
 */
record CleaningChange(double levels) {
  /** A change that is severe. */
  static final double SEVERE_LEVELS = 5;

  /**
   * Measures.
   *
   * @param before {@code [3,H,W]} in 0..1
   * @param after as large
   */
  static CleaningChange of(FloatTensor before, FloatTensor after) {
    if (!before.sameShape(after)) {
      throw new StableSrException(
          ErrorCode.INTERNAL,
          "A picture of %s was cleaned to one of %s; both must have one size."
              .formatted(Arrays.toString(before.shape()), Arrays.toString(after.shape())));
    }
    float[] a = before.data();
    float[] b = after.data();
    int plane = before.dim(1) * before.dim(2);
    double squares = 0;
    for (int i = 0; i < plane; i++) {
      double luma =
          0.299 * (b[i] - a[i])
              + 0.587 * (b[plane + i] - a[plane + i])
              + 0.114 * (b[2 * plane + i] - a[2 * plane + i]);
      squares += luma * luma;
    }
    return new CleaningChange(255 * Math.sqrt(squares / plane));
  }

  /** 0 for a picture that stays as it is, 1 where the change is severe, more beyond. */
  double severity() {
    return levels / SEVERE_LEVELS;
  }

  /** For rows; the estimate from the picture alone is said beside it, since it does not decide. */
  String figures(SeverityEstimate estimate) {
    return String.format(
        Locale.ROOT, "cleaning changes %.1f levels; not decisive: %s", levels, estimate.parts());
  }
}
