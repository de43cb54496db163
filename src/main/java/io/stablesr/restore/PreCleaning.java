package io.stablesr.restore;

import io.stablesr.core.Words;
import java.io.Serializable;
import java.util.Objects;

/**
 * What was decided about cleaning an input before the model.
 *
 * @param decision whether it was cleaned
 * @param reason by which figures, for people; empty where nothing was to decide
 */
public record PreCleaning(Decision decision, String reason) implements Serializable {
  /** Whether an input was cleaned. */
  public enum Decision {
    /** {@link PreClean.Mode#OFF}. */
    NOT_ASKED,
    /** The model got the cleaned input. */
    CLEANED,
    /** The model got the input as it is. */
    LEFT;

    /** As in rows: {@code cleaned}, {@code left}. */
    public String word() {
      return Words.of(this);
    }
  }

  /** Nothing was to decide. */
  public static final PreCleaning NONE = new PreCleaning(Decision.NOT_ASKED, "");

  /** Checks that nothing is missing. */
  public PreCleaning {
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(reason, "reason");
  }
}
