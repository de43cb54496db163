package io.stablesr.testing;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/** The recorded reference's narrow checkpoint files, and parts of them. */
public final class TinyFiles {
  private TinyFiles() {}

  /** Everything but the fusing autoencoder. */
  public static Path diffusion() {
    return SharedFolder.path("goldens/public/stablesr_tiny.ckpt");
  }

  /** The fusing autoencoder. */
  public static Path autoencoder() {
    return SharedFolder.path("goldens/public/vqgan_cfw_tiny.ckpt");
  }

  /** Whether a key belongs to what StableSR adds to Stable Diffusion. */
  public static boolean added(String key) {
    return key.contains(".spade.") || key.startsWith("structcond_stage_model.");
  }

  /** Copies the tensors whose keys are wanted. */
  public static Path part(Path source, Path target, Predicate<String> wanted) {
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      SafetensorsWriter writer = new SafetensorsWriter(Map.of());
      checkpoint.names().stream().filter(wanted).forEach(name -> writer.add(checkpoint.get(name)));
      writer.write(target);
      return target;
    }
  }

  /** Copies all tensors, but the one with {@code key} in another shape. */
  public static Path misshaped(Path source, Path target, String key, int... shape) {
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      SafetensorsWriter writer = new SafetensorsWriter(Map.of());
      checkpoint.names().stream()
          .filter(name -> !name.equals(key))
          .forEach(name -> writer.add(checkpoint.get(name)));
      writer.add(key, FloatTensor.zeros(shape), ElementType.F32).write(target);
      return target;
    }
  }
}
