package io.stablesr.bench;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.nio.file.Path;

/** What the folder of a bundle tells of its networks, and their weights. */
record BundleNetworks(Path folder) {
  ModelDescription description() {
    return ModelBundle.open(folder.toString(), ModelBundle.userCache()).description();
  }

  Checkpoint diffusion() {
    return Checkpoint.open(folder.resolve("diffusion.safetensors"));
  }

  Checkpoint autoencoder() {
    return Checkpoint.open(folder.resolve("autoencoder.safetensors"));
  }
}
