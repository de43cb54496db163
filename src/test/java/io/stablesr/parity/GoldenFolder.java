package io.stablesr.parity;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder of recorded files: links to shared ones, and changed copies. */
public final class GoldenFolder {
  private static final String RECORDED = "goldens/public";

  private final Path folder;

  /** A folder that is filled in {@code folder}. */
  public GoldenFolder(Path folder) {
    this.folder = folder;
  }

  /** The folder. */
  public Path path() {
    return folder;
  }

  /** Links a recorded file or weights. */
  public GoldenFolder link(String... names) {
    try {
      for (String name : names) {
        Path target = SharedFolder.path(RECORDED + "/" + name).toAbsolutePath();
        Files.createSymbolicLink(folder.resolve(name), target);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a recorded file of fp32 tensors with one value of one tensor negated. */
  public GoldenFolder corrupt(String name, String tensor) {
    try (Checkpoint file = Checkpoint.open(SharedFolder.path(RECORDED + "/" + name))) {
      SafetensorsWriter writer = new SafetensorsWriter(file.metadata());
      for (String key : file.names()) {
        if (key.equals(tensor)) {
          FloatTensor changed = file.get(key).toFloats().copy();
          int middle = changed.size() / 2;
          changed.data()[middle] = -changed.data()[middle];
          writer.add(key, changed, ElementType.F32);
        } else {
          writer.add(file.get(key));
        }
      }
      writer.write(folder.resolve(name));
      return this;
    }
  }
}
