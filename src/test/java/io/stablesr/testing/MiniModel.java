package io.stablesr.testing;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.UnetConfig;
import java.util.List;
import java.util.Optional;

/** The small trained model. */
public final class MiniModel implements AutoCloseable {
  /** Its widths. */
  public static final Architecture ARCHITECTURE =
      new Architecture(
          new UnetConfig(4, 32, List.of(1, 2, 2), 1, List.of(4), 32, 32, 32, 32, 8, 2),
          new ConditionEncoderConfig(4, 32, 32, List.of(1, 1, 2), 1, List.of(4), 2, 8),
          new AutoencoderConfig(16, List.of(1, 2, 4), 1, 4, MiddleAttention.NONE, 4, 1, 16),
          Optional.empty());

  private final Checkpoint diffusion = open("unet_structcond");
  private final Checkpoint autoencoder = open("vae_cfw");

  private static Checkpoint open(String part) {
    return Checkpoint.open(SharedFolder.path("mini/stablesr_mini_" + part + ".fp16.safetensors"));
  }

  /** UNet and time-aware encoder. */
  public Weights diffusion() {
    return Weights.of(diffusion);
  }

  /** Autoencoder with CFW under its root keys. */
  public Weights autoencoder() {
    return Weights.of(autoencoder);
  }

  @Override
  public void close() {
    diffusion.close();
    autoencoder.close();
  }
}
