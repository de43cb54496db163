package io.stablesr.restore;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.CheckpointKind;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ImportRequest.NamedFile;
import io.stablesr.restore.ModelDescription.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The open files of an import, each known to be what its option says. */
final class ImportSources implements AutoCloseable {
  private final Map<NamedFile, Checkpoint> files = new LinkedHashMap<>();

  private ImportSources() {}

  /** Opens and identifies all files; reads no tensor. */
  static ImportSources open(ImportRequest request) {
    List<NamedFile> named = new ArrayList<>(request.diffusion().files());
    named.add(new NamedFile("--autoencoder", request.autoencoder()));
    ImportSources sources = new ImportSources();
    try {
      for (NamedFile file : named) {
        sources.files.put(file, Checkpoint.open(file.path()));
      }
      sources.requireDistinct(named);
      sources.requireKinds();
      return sources;
    } catch (RuntimeException e) {
      sources.close();
      throw e;
    }
  }

  private void requireDistinct(List<NamedFile> named) {
    for (int i = 0; i < named.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (same(named.get(i).path(), named.get(j).path())) {
          throw new StableSrException(
              ErrorCode.CHECKPOINT_KEYS,
              "%s and %s are both %s, which looks like %s; give two files."
                  .formatted(
                      named.get(j).option(),
                      named.get(i).option(),
                      named.get(i).path(),
                      kind(files.get(named.get(i))).description()));
        }
      }
    }
  }

  private static boolean same(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "Cannot read %s or %s: %s".formatted(a, b, e), e);
    }
  }

  private void requireKinds() {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<NamedFile, Checkpoint> entry : files.entrySet()) {
      CheckpointKind expected = expected(entry.getKey().option());
      CheckpointKind kind = kind(entry.getValue());
      if (kind != expected) {
        wrong.add(
            "%s %s looks like %s, but %s is expected"
                .formatted(
                    entry.getKey().option(),
                    entry.getKey().path(),
                    kind.description(),
                    expected.description()));
      }
    }
    if (!wrong.isEmpty()) {
      String swapped = wrong.size() > 1 && allKindsThere() ? " The files seem to be swapped." : "";
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS, String.join("; ", wrong) + "." + swapped);
    }
  }

  private boolean allKindsThere() {
    List<CheckpointKind> kinds = files.values().stream().map(ImportSources::kind).toList();
    return files.keySet().stream().allMatch(file -> kinds.contains(expected(file.option())));
  }

  private static CheckpointKind expected(String option) {
    return switch (option) {
      case "--diffusion" -> CheckpointKind.STABLESR;
      case "--base" -> CheckpointKind.STABLE_DIFFUSION;
      case "--sr-module" -> CheckpointKind.SR_MODULE;
      case "--autoencoder" -> CheckpointKind.CFW_AUTOENCODER;
      default -> throw new IllegalArgumentException(option);
    };
  }

  private static CheckpointKind kind(Checkpoint checkpoint) {
    return CheckpointKind.of(checkpoint.names());
  }

  /** All tensors; those of the SR module win over those of the base. */
  Weights weights() {
    return files.values().stream()
        .map(Weights::of)
        .reduce(Weights::overlay)
        .orElseThrow(IllegalStateException::new);
  }

  /** The open files. */
  List<Checkpoint> checkpoints() {
    return List.copyOf(files.values());
  }

  /** The files' names, for messages. */
  String names() {
    return String.join(" and ", files.keySet().stream().map(ImportSources::fileName).toList());
  }

  /** Names and digests; reads every file once. */
  List<Source> digested(Consumer<String> progress) {
    List<Source> sources = new ArrayList<>();
    for (NamedFile file : files.keySet()) {
      try {
        String digest = Digests.sha256(file.path());
        progress.accept(
            "%s: %s, %d MB, sha256 %s"
                .formatted(
                    fileName(file),
                    expected(file.option()).description(),
                    (Files.size(file.path()) + 999_999) / 1_000_000,
                    digest));
        sources.add(new Source(fileName(file), digest));
      } catch (IOException e) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND, "Cannot read %s: %s".formatted(file.path(), e), e);
      }
    }
    return Collections.unmodifiableList(sources);
  }

  private static String fileName(NamedFile file) {
    return String.valueOf(file.path().getFileName());
  }

  @Override
  public void close() {
    files.values().forEach(Checkpoint::close);
  }
}
