package io.stablesr.spark;

import org.apache.hadoop.fs.Path;

/** Paths as Spark's readers want them: they take every path as a glob. */
final class LiteralPath {
  private LiteralPath() {}

  /** The glob that means this path alone. */
  static String of(Path path) {
    return path.toString().replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
  }
}
