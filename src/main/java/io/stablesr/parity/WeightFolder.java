package io.stablesr.parity;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.CheckpointKind;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The weights of a folder of recorded files: those in {@code weights/}, else the checkpoints beside
 * the recorded files, recognised by their tensors and not by their names.
 */
final class WeightFolder implements AutoCloseable {
  private static final String FIRST_STAGE = "first_stage_model.";
  private static final List<String> AUTOENCODER_ROOTS =
      List.of("encoder.", "decoder.", "quant_conv.", "post_quant_conv.");

  private final Path folder;
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  private final Set<Path> files = new LinkedHashSet<>();

  WeightFolder(Path folder) {
    this.folder = folder;
    Path weights = folder.resolve("weights");
    if (Files.isDirectory(weights)) {
      list(weights).stream()
          .filter(path -> path.toString().endsWith(".safetensors"))
          .forEach(path -> add(path, Checkpoint.open(path)));
    } else {
      list(folder).stream().filter(WeightFolder::mayBeCheckpoint).forEach(this::addIfKnown);
    }
  }

  private static boolean mayBeCheckpoint(Path path) {
    String name = path.getFileName().toString();
    return Replayers.number(name).isEmpty()
        && (name.endsWith(".ckpt")
            || name.endsWith(".pth")
            || name.endsWith(".pt")
            || name.endsWith(".safetensors"));
  }

  private void addIfKnown(Path path) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.open(path);
    } catch (StableSrException e) {
      // Other files may lie in the folder, among them ones that readers have to refuse.
      return;
    }
    if (CheckpointKind.of(checkpoint.names()) == CheckpointKind.UNKNOWN) {
      checkpoint.close();
    } else {
      add(path, checkpoint);
    }
  }

  private void add(Path path, Checkpoint checkpoint) {
    checkpoints.add(checkpoint);
    files.add(path);
  }

  /** The files that weights are read from. */
  Set<Path> files() {
    return files;
  }

  /** All weights under their own keys; autoencoder weights also under {@code first_stage_model}. */
  Weights weights() {
    Optional<Weights> all = checkpoints.stream().map(Weights::of).reduce(Weights::overlay);
    if (all.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s has no weights; put safetensors files in its folder weights or checkpoints beside the recorded files."
              .formatted(folder));
    }
    Weights own = all.get();
    if (own.names().stream().anyMatch(name -> name.startsWith(FIRST_STAGE))) {
      return own;
    }
    Weights firstStage = own;
    for (String root : AUTOENCODER_ROOTS) {
      firstStage = firstStage.renamed(root, FIRST_STAGE + root);
    }
    return own.overlay(firstStage);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "Cannot list the folder %s.".formatted(folder), e);
    }
  }

  @Override
  public void close() {
    checkpoints.forEach(Checkpoint::close);
  }
}
