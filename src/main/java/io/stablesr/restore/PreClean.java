package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import java.util.Locale;
import java.util.Objects;

/**
 * Whether the input is cleaned before the diffusion model sees it (the StableSR paper: severely
 * degraded inputs).
 *
 * @param mode when
 * @param severity least severity at which {@link Mode#AUTO} cleans, above 0: {@link
 *     CleaningChange#severity} where the cleaner keeps the size, else {@link
 *     SeverityEstimate#severity}
 */
public record PreClean(Mode mode, double severity) {
  /** When an input is cleaned. */
  public enum Mode {
    /** Never. */
    OFF,
    /** Always. */
    ON,
    /** Where its estimated degradation is severe. */
    AUTO
  }

  /** Never. */
  public static final PreClean OFF = new PreClean(Mode.OFF, 1);

  /** Checks the values. */
  public PreClean {
    Objects.requireNonNull(mode, "mode");
    if (!(severity > 0)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "upscale.pre-clean-severity is %s; it must be above 0.".formatted(severity));
    }
  }

  /** Whether an input of this severity is cleaned. */
  boolean cleans(double estimated) {
    return mode == Mode.ON || (mode == Mode.AUTO && estimated >= severity);
  }

  /**
   * For rows, for instance {@code severity 1.94 reaches the limit of 1.00 (cleaning changes 9.7
   * levels; ...)}.
   *
   * @param figures what the severity was taken from
   */
  String text(double estimated, String figures) {
    return mode == Mode.ON
        ? String.format(Locale.ROOT, "as asked; severity %.2f (%s)", estimated, figures)
        : String.format(
            Locale.ROOT,
            "severity %.2f %s the limit of %.2f (%s)",
            estimated,
            cleans(estimated) ? "reaches" : "is below",
            severity,
            figures);
  }

  /**
   * Refuses cleaning for methods that would do it twice or know nothing of it.
   *
   * @throws StableSrException ({@link ErrorCode#CONFIG})
   */
  public void requireOff(UpscaleMethod method) {
    if (mode != Mode.OFF) {
      throw refused("model.method is " + method.word());
    }
  }

  /** The same where the method is known by the name before the digest of its weights. */
  void requireOff(String modelId) {
    if (mode != Mode.OFF) {
      throw refused("the model is " + modelId.replaceFirst("@.*", ""));
    }
  }

  private StableSrException refused(String why) {
    return new StableSrException(
        ErrorCode.CONFIG,
        "upscale.pre-clean is %s, but %s; only the method stablesr has inputs cleaned. Set upscale.pre-clean = off (--pre-clean off) or model.method = stablesr."
            .formatted(Words.of(mode), why));
  }

  /** Cleaning was asked for, but there is nothing to clean with. */
  public static StableSrException noCleaner(Mode mode) {
    return new StableSrException(
        ErrorCode.CONFIG,
        "upscale.pre-clean is %s, but no cleaner is loaded; set model.cleaner-weights (--cleaner-weights) for the job, to stablesr-cleaner-x1 or the weight file of a restoration network such as RealESRGAN_x4plus.pth."
            .formatted(Words.of(mode)));
  }
}
