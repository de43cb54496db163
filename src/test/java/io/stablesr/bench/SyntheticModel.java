package io.stablesr.bench;

import io.stablesr.network.Architecture;
import io.stablesr.restore.SyntheticModelFolder;
import io.stablesr.restore.WorkGeometry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes a bundle of the official architecture with synthetic weights (4.4 GB), for measurements at
 * full size by anyone. Argument: a folder that does not exist yet.
 */
public final class SyntheticModel {
  private static final int TILE_LATENTS = 64;

  private SyntheticModel() {}

  /** Writes the bundle. */
  public static void main(String[] args) throws IOException {
    Architecture official = Architecture.OFFICIAL;
    Architecture withoutText =
        new Architecture(
            official.unet(), official.conditionEncoder(), official.autoencoder(), Optional.empty());
    int tilePixels = TILE_LATENTS * official.autoencoder().downsampling();
    SyntheticModelFolder.write(
        Path.of(args[0]), withoutText, TILE_LATENTS, new WorkGeometry(tilePixels, 0, 32));
  }
}
