package io.stablesr.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What jobs have left in the bucket, read where the S3 server keeps its files. */
final class ChaosResults {
  private final Path bucket;

  ChaosResults(Path bucket) {
    this.bucket = bucket;
  }

  /** Folder of the rows, which has a folder per run. */
  Path rows(String output) {
    return bucket.resolve(output).resolve("_rows");
  }

  /** Runs whose rows count: those with the mark that the commit writes last. */
  List<Path> committedRuns(String output) throws IOException {
    if (!Files.isDirectory(rows(output))) {
      return List.of();
    }
    try (Stream<Path> runs = Files.list(rows(output))) {
      return runs.filter(run -> Files.exists(run.resolve("_SUCCESS"))).toList();
    }
  }

  /** Names of the pictures, read where the server keeps them. */
  NavigableSet<String> outputs(String output) {
    Path results = bucket.resolve(output);
    if (!Files.isDirectory(results)) {
      return new TreeSet<>();
    }
    try (Stream<Path> files = Files.list(results)) {
      NavigableSet<String> names = new TreeSet<>();
      files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.endsWith(".png"))
          .forEach(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails unless the pictures are byte for byte those of the undisturbed run. */
  void same(String output) throws IOException {
    Path base = bucket.resolve("base");
    Path other = bucket.resolve(output);
    require(
        outputs(output).equals(outputs("base")), "Outputs of %s are missing.".formatted(output));
    for (String name : outputs("base")) {
      require(
          Arrays.equals(
              Files.readAllBytes(base.resolve(name)), Files.readAllBytes(other.resolve(name))),
          "%s of %s differs from the undisturbed run.".formatted(name, output));
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
