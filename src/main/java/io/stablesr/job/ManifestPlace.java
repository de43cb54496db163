package io.stablesr.job;

/**
 * Where in a manifest something stands.
 *
 * @param what what the file is called in messages: {@code Manifest}, or with its name where there
 *     are several
 * @param unit {@code line} or {@code row}
 * @param number which of them, from 1
 */
public record ManifestPlace(String what, String unit, long number) {
  /** A line of the manifest. */
  public static ManifestPlace line(long number) {
    return new ManifestPlace("Manifest", "line", number);
  }

  /** A row of a file of the manifest. */
  public static ManifestPlace row(String file, long number) {
    return new ManifestPlace("Manifest file " + file + ",", "row", number);
  }

  /** Without the file: {@code line 3}. */
  String withinFile() {
    return unit + " " + number;
  }

  @Override
  public String toString() {
    return what + " " + withinFile();
  }
}
