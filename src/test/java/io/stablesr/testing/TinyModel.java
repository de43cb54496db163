package io.stablesr.testing;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.TextEncoderConfig;
import io.stablesr.network.UnetConfig;
import java.util.List;
import java.util.Optional;

/** The recorded reference's narrow model, in the official layout. */
public final class TinyModel implements AutoCloseable {
  /** Its widths. */
  public static final Architecture ARCHITECTURE =
      new Architecture(
          new UnetConfig(4, 32, List.of(1, 2, 4, 4), 2, List.of(1, 2, 4), 16, 64, 32, 128, 32, 4),
          new ConditionEncoderConfig(4, 32, 32, List.of(1, 1, 2, 2), 2, List.of(1, 2, 4), 4, 32),
          new AutoencoderConfig(
              32, List.of(1, 2, 4, 4), 2, 4, MiddleAttention.SINGLE_HEAD, 32, 2, 32),
          Optional.of(new TextEncoderConfig(64, 4, 4, 49408, 77)));

  private final Checkpoint diffusion =
      Checkpoint.open(SharedFolder.path("goldens/public/stablesr_tiny.ckpt"));
  private final Checkpoint autoencoder =
      Checkpoint.open(SharedFolder.path("goldens/public/vqgan_cfw_tiny.ckpt"));

  /** UNet, time-aware encoder, text tower and first stage under their full keys. */
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
