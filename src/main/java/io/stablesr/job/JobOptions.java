package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.OutputFidelity;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import java.util.Objects;

/**
 * How a job runs; none of this changes pixels, apart from the rounding to 8 bits.
 *
 * @param format file format of the results
 * @param fidelity what of a source survives in its result
 * @param existingOutput what happens to an output that is already there
 * @param rows folder of the result rows; empty: {@code _rows} in the output folder
 * @param pixelRounding how values become 8 bits
 * @param partitions partitions to plan into, 0 = the number of cores
 * @param maxPixels largest input in pixels
 * @param maxAspectRatio largest ratio of an input's longer to its shorter side
 * @param progressSeconds seconds between progress lines, at least 1
 */
public record JobOptions(
    OutputFormat format,
    OutputFidelity fidelity,
    ExistingOutput existingOutput,
    String rows,
    PixelRounding pixelRounding,
    int partitions,
    long maxPixels,
    int maxAspectRatio,
    int progressSeconds) {
  /** Checks every value against its range. */
  public JobOptions {
    require(partitions >= 0 && partitions <= 1_000_000, "partitions", partitions, "0..1000000");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(fidelity, "fidelity");
    Objects.requireNonNull(existingOutput, "existingOutput");
    Objects.requireNonNull(rows, "rows");
    Objects.requireNonNull(pixelRounding, "pixelRounding");
    require(maxPixels >= 1 && maxPixels <= 700_000_000, "max-pixels", maxPixels, "1..700000000");
    require(maxAspectRatio >= 1, "max-aspect-ratio", maxAspectRatio, "1 and above");
    require(progressSeconds >= 1, "progress-seconds", progressSeconds, "1 and above");
  }

  private static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new StableSrException(
          ErrorCode.CONFIG, "job.%s is %s; it must be in %s.".formatted(key, value, range));
    }
  }
}
