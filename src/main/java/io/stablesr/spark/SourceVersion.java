package io.stablesr.spark;

import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;

/** Tells whether a file is still the same without reading it. */
final class SourceVersion {
  private SourceVersion() {}

  /** The store's etag, or {@code length-mtimeMillis} where it has none. */
  static String of(FileStatus status) {
    String etag = status instanceof EtagSource source ? source.getEtag() : null;
    return etag == null || etag.isBlank()
        ? status.getLen() + "-" + status.getModificationTime()
        : etag.replace("\"", "");
  }
}
