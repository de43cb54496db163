package io.stablesr.job;

import java.util.Locale;

/** What kind of thing an input is. */
public enum InputFormat {
  /** Found out from the name: folders are folders, files with a manifest's ending are that. */
  AUTO,
  /** Comma-separated values with a header. */
  CSV,
  /** One JSON object per line. */
  JSONL,
  /** A Parquet file, or a folder of them. */
  PARQUET,
  /** One uri per line. */
  LIST,
  /** The {@code manifest.json} of an S3 inventory. */
  S3_INVENTORY,
  /** A folder, a glob or a single image, whatever its name. */
  FOLDER;

  /** The format that a file name stands for; {@link #FOLDER} where it is no manifest's. */
  public static InputFormat ofName(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    if (name.equals("manifest.json")) {
      return S3_INVENTORY;
    }
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> CSV;
      case "jsonl", "ndjson" -> JSONL;
      case "parquet" -> PARQUET;
      case "txt", "list" -> LIST;
      default -> FOLDER;
    };
  }
}
