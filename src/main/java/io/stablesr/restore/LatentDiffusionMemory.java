package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.network.LatentDiffusionSr;

/**
 * The heap that a picture takes with {@link LatentDiffusionSr}, which works on whole pictures only.
 *
 * @param inputPixels pixels of the input, and latents
 * @param networkPixels pixels that are decoded
 * @param outputPixels pixels of the result
 */
record LatentDiffusionMemory(long inputPixels, long networkPixels, long outputPixels) {
  private static final long MOST_VALUES = Integer.MAX_VALUE - 8;

  /** The rest of the heap is for other images and for what the collector has not freed yet. */
  private static final double WHOLE_SHARE = 0.7;

  /** The input, once more where transparent pixels get other colours, and in -1..1. */
  private static final int INPUT_BYTES = 24 + 12;

  /** Noise, latent, prediction, both halves of it and the next latent; the sum of tiles. */
  private static final int SAMPLING_BYTES = 6 * 12 + 28;

  /** Decoded and cropped. */
  private static final int DECODED_BYTES = 24;

  /** Three floats per pixel, and the picture as it is encoded. */
  private static final int RESULT_BYTES = 12 + 8;

  static LatentDiffusionMemory of(int width, int height, double scale, LatentDiffusionSr network) {
    long input = (long) width * height;
    return new LatentDiffusionMemory(
        input,
        input * network.scale() * network.scale(),
        Math.max(1, Math.round(width * scale)) * Math.max(1, Math.round(height * scale)));
  }

  /** Bytes at the worst moment. */
  long bytes() {
    long resized = networkPixels == outputPixels ? 0 : 12 * networkPixels;
    long ending = DECODED_BYTES * networkPixels + resized + RESULT_BYTES * outputPixels;
    return INPUT_BYTES * inputPixels + Math.max(SAMPLING_BYTES * inputPixels, ending);
  }

  /**
   * Checks that it fits.
   *
   * @throws StableSrException IMAGE_TOO_LARGE where it does not
   */
  void requireHeap(long heapBytes) {
    if (3 * Math.max(networkPixels, outputPixels) > MOST_VALUES
        || bytes() > WHOLE_SHARE * heapBytes) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "A result of %d pixels, decoded at %d, needs a heap of about %d MiB with the method ldm, and %d MiB are there, or more than an array holds; give the job more (-Xmx, spark.executor.memory) or cut the input."
              .formatted(
                  outputPixels,
                  networkPixels,
                  Math.round(bytes() / WHOLE_SHARE) >> 20,
                  heapBytes >> 20));
    }
  }
}
