package io.stablesr.restore;

import io.stablesr.core.Words;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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

  private static final String EARLIER = "PRE_CLEAN: ";

  /**
   * The decision that a row of an earlier version has among its warnings, such as {@code PRE_CLEAN:
   * left as it is, severity 0.38 (noise 0.8 levels).}; empty where there is none.
   */
  public static Optional<PreCleaning> among(List<String> warnings) {
    return warnings.stream().flatMap(warning -> ofWarning(warning).stream()).findFirst();
  }

  /** The warnings of such a row without the decision. */
  public static List<String> without(List<String> warnings) {
    return warnings.stream().filter(warning -> ofWarning(warning).isEmpty()).toList();
  }

  private static Optional<PreCleaning> ofWarning(String warning) {
    if (!warning.startsWith(EARLIER)) {
      return Optional.empty();
    }
    String text = warning.substring(EARLIER.length()).replaceFirst("\\.$", "");
    Decision decision = text.startsWith("cleaned") ? Decision.CLEANED : Decision.LEFT;
    return Optional.of(new PreCleaning(decision, text.replaceFirst("^[^,]*, ", "")));
  }

  /** Checks that nothing is missing. */
  public PreCleaning {
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(reason, "reason");
  }
}
