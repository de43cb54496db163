package io.stablesr.sweep;

import com.typesafe.config.Config;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One way to make results: settings of the product, a baseline, or another program's folders.
 *
 * @param kind which of them
 * @param method {@code stablesr} or the name of the baseline or of the other method
 * @param varied settings that vary in the sweep, without the seed: value by last part of the path
 * @param id 16 hexadecimal digits of all that decides the pixels
 * @param groupId the same without the seed
 * @param seed of the product
 * @param settings of the upscale job; empty for another program's results
 * @param parameters that decide the pixels, by path
 * @param folders another program's results by data set
 * @param grids that have it
 */
public record SweepConfiguration(
    Kind kind,
    String method,
    Map<String, String> varied,
    String id,
    String groupId,
    OptionalLong seed,
    Optional<Config> settings,
    Map<String, String> parameters,
    Map<String, String> folders,
    Set<String> grids) {
  /** Who made the results. */
  public enum Kind {
    /** This program with a model. */
    PRODUCT,
    /** An enlargement without a model. */
    BASELINE,
    /** Another program. */
    EXTERNAL;

    /** As in the table. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Takes copies. */
  public SweepConfiguration {
    Objects.requireNonNull(kind, "kind");
    varied = Collections.unmodifiableMap(new LinkedHashMap<>(varied));
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    folders = Map.copyOf(folders);
    grids = Set.copyOf(grids);
  }

  /** What varies in the sweep, without the seed; the method where nothing does. */
  public String label() {
    return label(varied.keySet());
  }

  /** The same of some settings alone. */
  String label(Collection<String> names) {
    return varied.entrySet().stream()
        .filter(setting -> names.contains(setting.getKey()))
        .map(setting -> setting.getKey() + "=" + quoted(setting.getValue()))
        .reduce((one, other) -> one + " " + other)
        .orElse(method);
  }

  private static String quoted(String value) {
    return value.matches("[^\\s\"]+") ? value : '"' + value + '"';
  }

  /** Label and seed, for people. */
  public String text() {
    return seed.isPresent() ? "%s seed=%d".formatted(label(), seed.getAsLong()) : label();
  }
}
