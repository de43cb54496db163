package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
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

  /** Refuses cleaning for methods that would do it twice or know nothing of it. */
  void requireOff(String method) {
    if (mode != Mode.OFF) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "upscale.pre-clean is %s, but model.method is %s; only stablesr has inputs cleaned."
              .formatted(Words.of(mode), method));
    }
  }
}
