package io.stablesr.job;

/**
 * One setting.
 *
 * @param path path below {@code stablesr}, for instance {@code upscale.scale}
 * @param kind what values it takes
 * @param defaultText the reference default as HOCON text
 * @param comment what it means, from {@code reference.conf}
 */
public record SettingKey(String path, Kind kind, String defaultText, String comment) {
  /** What values a setting takes. */
  public enum Kind {
    /** A whole number. */
    INTEGER,
    /** A number. */
    DECIMAL,
    /** {@code true} or {@code false}. */
    FLAG,
    /** Text, often one of a few words. */
    TEXT,
    /** Several texts; on the command line separated by commas. */
    LIST,
    /** Free keys with text values. */
    MAP
  }

  /** The last part of the path. */
  public String shortName() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** The command line option that sets it; that of a face setting says what it is about. */
  public String option() {
    return (path.startsWith("faces.") ? "--faces-" : "--") + shortName();
  }
}
