package io.stablesr.job;

/** The file format of results. */
public enum OutputFormat {
  /** PNG: lossless. */
  PNG;

  /** The file name's ending, without a dot. */
  public String extension() {
    return SettingsReader.word(this);
  }
}
