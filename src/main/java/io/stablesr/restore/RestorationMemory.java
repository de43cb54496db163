package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * The heap that a picture takes with a restoration network, and whether it is worked on as a whole.
 *
 * @param inputPixels pixels of the input
 * @param networkPixels pixels of the network's result as it is kept
 * @param outputPixels pixels of the result
 */
record RestorationMemory(long inputPixels, long networkPixels, long outputPixels) {
  /** Three floats per pixel, and the picture as it is encoded. */
  private static final int RESULT_BYTES = 12 + 8;

  static RestorationMemory of(int width, int height, double scale, int networkFactor) {
    long input = (long) width * height;
    return new RestorationMemory(
        input,
        input * networkFactor * networkFactor,
        Math.max(1, Math.round(width * scale)) * Math.max(1, Math.round(height * scale)));
  }

  /** Bytes where nothing is in strips. */
  long wholeBytes() {
    long resized = networkPixels == outputPixels ? 0 : 12 * networkPixels;
    return 24 * inputPixels + resized + RESULT_BYTES * outputPixels;
  }

  /** Bytes in strips. */
  long stripBytes() {
    return 24 * inputPixels + HeapLimits.WORKSPACE_BYTES;
  }

  /**
   * Whether the picture is to be worked on in strips.
   *
   * @throws StableSrException IMAGE_TOO_LARGE where it would have to be, but is resized at the end
   */
  boolean needsStrips(UpscaleOptions options, long heapBytes) {
    boolean strips =
        options.stripPixels() > 0
            ? outputPixels > options.stripPixels()
            : wholeBytes() > HeapLimits.WHOLE_SHARE * heapBytes;
    boolean possible = 3 * Math.max(networkPixels, outputPixels) <= HeapLimits.MOST_VALUES;
    if (networkPixels != outputPixels
        && (!possible || wholeBytes() > HeapLimits.WHOLE_SHARE * heapBytes)) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "A result of %d pixels that is resized from %d at the end needs a heap of about %d MiB, and %d MiB are there; choose a scale that divides the network's, which is worked on in strips, or give the job more (-Xmx, spark.executor.memory)."
              .formatted(
                  outputPixels,
                  networkPixels,
                  Math.round(wholeBytes() / HeapLimits.WHOLE_SHARE) >> 20,
                  heapBytes >> 20));
    }
    return networkPixels == outputPixels && (strips || !possible);
  }
}
