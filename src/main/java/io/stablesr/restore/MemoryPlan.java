package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ColorFix;
import io.stablesr.image.StripCorrection;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;

/**
 * Whether a picture is worked on as a whole or in strips, and the heap that takes (docs/tiling.md).
 * Both are counted from sizes alone, in bytes of what is alive at once.
 */
final class MemoryPlan {
  /** A buffer on its way to the device cannot have more floats. */
  private static final int MOST_UPLOADED_VALUES = Integer.MAX_VALUE / Float.BYTES;

  /**
   * Planes of three floats per pixel that are alive at once: enlarged, padded, decoded, corrected,
   * and two of the colour fix; and the picture as it is encoded.
   */
  private static final int WHOLE_BYTES_PER_PIXEL = 6 * 12 + 8;

  /** Three canvases of four channels while the latent is sampled, and the sum of tile weights. */
  private static final int CANVAS_BYTES_PER_LATENT = 3 * 16 + 4;

  /** A canvas that a multistep sampler keeps. */
  private static final int KEPT_BYTES_PER_LATENT = 16;

  /** What stays of the encoder's canvases beside the part that is whole. */
  private static final int CONDITION_BYTES_PER_LATENT = 16;

  /** Content, style, result and their blurs, in floats per pixel of a strip. */
  private static final int STRIP_BYTES_PER_PIXEL = 4 * 12 + 12;

  private static final double STRIP_SHARE = 0.9;

  private final ModelDescription model;
  private final long heapBytes;

  /**
   * @param heapBytes the largest heap that the JVM may have
   */
  MemoryPlan(ModelDescription model, long heapBytes) {
    this.model = model;
    this.heapBytes = heapBytes;
  }

  /** How a picture is worked on. */
  enum Way {
    /** Every plane in memory: exact. */
    WHOLE,
    /** Never whole, with sampled statistics of normalisations. */
    STRIPS
  }

  /**
   * What is decided about one picture.
   *
   * @param heapBytes heap that it takes
   */
  record Decision(Way way, long heapBytes) {}

  /**
   * Decides.
   *
   * @param inputPixels pixels of the input
   * @throws StableSrException IMAGE_TOO_LARGE when it can be worked on in neither way
   */
  Decision decide(long inputPixels, WorkGeometry.Plan plan, UpscaleOptions options) {
    long pixels = (long) plan.paddedHeight() * plan.paddedWidth();
    long whole = 12 * inputPixels + WHOLE_BYTES_PER_PIXEL * pixels;
    long mostWhole =
        Math.min(MOST_UPLOADED_VALUES / 3, mostPixels(bodyChannels(), MOST_UPLOADED_VALUES));
    if (!plan.keepsSize()) {
      // To be reduced at the end it has to be whole; only small inputs are enlarged beyond their
      // result.
      if (pixels > mostWhole) {
        throw tooLarge(plan, mostWhole);
      }
      return new Decision(Way.WHOLE, whole);
    }
    boolean strips =
        options.stripPixels() > 0
            ? pixels > options.stripPixels()
            : whole > HeapLimits.WHOLE_SHARE * heapBytes;
    if (!strips && pixels <= mostWhole) {
      return new Decision(Way.WHOLE, whole);
    }
    return new Decision(Way.STRIPS, inStrips(inputPixels, plan, options));
  }

  private long inStrips(long inputPixels, WorkGeometry.Plan plan, UpscaleOptions options) {
    AutoencoderConfig autoencoder = model.architecture().autoencoder();
    boolean local = autoencoder.middleAttention() == MiddleAttention.NONE;
    long most =
        local
            ? mostPixels(autoencoder.latentChannels(), HeapLimits.MOST_VALUES)
            : mostPixels(bodyChannels(), MOST_UPLOADED_VALUES);
    long pixels = (long) plan.paddedHeight() * plan.paddedWidth();
    if (pixels > most) {
      throw tooLarge(plan, most);
    }
    int f = autoencoder.downsampling();
    long latents = pixels / f / f;
    long sampling =
        (CANVAS_BYTES_PER_LATENT
                + KEPT_BYTES_PER_LATENT * options.sampling().sampler().keptLatents())
            * latents;
    long coding =
        local ? 0 : (CONDITION_BYTES_PER_LATENT + (long) Float.BYTES * bodyChannels()) * latents;
    long correcting = STRIP_BYTES_PER_PIXEL * correctedRows(plan, options) * plan.paddedWidth();
    // The input once more where transparent pixels get other colours.
    long needed =
        24 * inputPixels
            + HeapLimits.WORKSPACE_BYTES
            + Math.max(Math.max(sampling, coding), correcting);
    if (needed > STRIP_SHARE * heapBytes) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "An image worked on at %d x %d pixels needs a heap of about %d MiB even in strips, and %d MiB are there; give the job more (-Xmx, spark.executor.memory) or choose a smaller scale."
              .formatted(
                  plan.paddedWidth(),
                  plan.paddedHeight(),
                  Math.round(needed / STRIP_SHARE) >> 20,
                  heapBytes >> 20));
    }
    return needed;
  }

  /** Channels of what the networks compute at latent resolution. */
  private int bodyChannels() {
    AutoencoderConfig autoencoder = model.architecture().autoencoder();
    return autoencoder.channels(autoencoder.levels() - 1);
  }

  /** Pixels of a picture whose latents have so many channels, when values are limited. */
  private long mostPixels(int channels, int mostValues) {
    int f = model.architecture().autoencoder().downsampling();
    return (long) (mostValues / channels) * f * f;
  }

  private static long correctedRows(WorkGeometry.Plan plan, UpscaleOptions options) {
    int rows =
        StripCorrection.stripRows(options.colorFix(), options.waveletLevels(), plan.paddedWidth());
    int margins =
        options.colorFix() == ColorFix.WAVELET
            ? 2 * StripCorrection.margin(options.waveletLevels())
            : 0;
    return Math.min((long) rows + margins, plan.paddedHeight());
  }

  private static StableSrException tooLarge(WorkGeometry.Plan plan, long mostPixels) {
    return new StableSrException(
        ErrorCode.IMAGE_TOO_LARGE,
        "An image would be worked on at %d x %d pixels%s; at most %d pixels are possible%s."
            .formatted(
                plan.paddedWidth(),
                plan.paddedHeight(),
                plan.keepsSize() ? "" : " (enlarged so that its shorter side holds a tile)",
                mostPixels,
                plan.keepsSize() ? ", in strips too: choose a smaller scale" : ""));
  }
}
