package io.stablesr.job;

import java.util.Locale;

/** Writes progress as one line of text. */
public final class ProgressLine {
  private ProgressLine() {}

  /**
   * For instance {@code 3/8 images, 12.5 tiles/s, 1 failed, 41 % done, about 2 min 5 s left};
   * without tiles where there were none; without a time left before anything was computed; {@code
   * nothing to compute} for a job without images.
   */
  public static String of(Progress progress) {
    if (progress.imagesTotal() == 0) {
      return "nothing to compute";
    }
    double tilesPerSecond = progress.tilesDone() * 1000.0 / Math.max(1, progress.elapsedMillis());
    double share = Math.min(1.0, (double) progress.costDone() / Math.max(1, progress.costTotal()));
    return String.format(
        Locale.ROOT,
        "%d/%d images, %s%d failed, %.0f %% done, %s",
        progress.imagesDone(),
        progress.imagesTotal(),
        progress.tilesDone() == 0
            ? ""
            : String.format(Locale.ROOT, "%.1f tiles/s, ", tilesPerSecond),
        progress.failures(),
        Math.floor(100 * share),
        remaining(progress, share));
  }

  /** For instance {@code 2 min 5 s}. */
  public static String duration(long millis) {
    long seconds = Math.round(millis / 1000.0);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return "%d min %d s".formatted(seconds / 60, seconds % 60);
    }
    return "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }

  private static String remaining(Progress progress, double share) {
    // What fails at once says nothing about how long the others take.
    boolean computed = progress.tilesDone() > 0 || progress.imagesDone() > progress.failures();
    if (share <= 0 || (!computed && progress.imagesDone() < progress.imagesTotal())) {
      return "time left not known yet";
    }
    long left = Math.round(progress.elapsedMillis() * (1 - share) / share);
    return "about " + duration(left) + " left";
  }
}
