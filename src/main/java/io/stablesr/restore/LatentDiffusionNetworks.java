package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.LatentDiffusionSr;
import io.stablesr.restore.TileBatcher.Tile;
import java.util.List;
import java.util.Map;

/** The compiled networks of {@link LatentDiffusionSr} on one device, each when first needed. */
final class LatentDiffusionNetworks implements AutoCloseable {
  private final TensorEngine engine;
  private final LatentDiffusionWeights files;
  private final FirstUse<CompiledNetwork> denoiser;
  private final TiledAutoencoder autoencoder;
  private final LatentCodes codes;
  private final TileCalls tileCalls;

  /**
   * @param files closed with this
   */
  LatentDiffusionNetworks(
      TensorEngine engine,
      LatentDiffusionWeights files,
      CompileOptions options,
      TileSharing sharing) {
    this.engine = engine;
    this.files = files;
    LatentDiffusionSr network = files.network();
    this.tileCalls =
        new TileCalls(
            engine, sharing, CallWork.perLatent(network.denoiser(Extent.TILE)), this::evaluate);
    this.denoiser =
        FirstUse.ofNetwork(
            () -> engine.compileRepeated(network.denoiser(Extent.TILE), files.unet(), options));
    this.autoencoder =
        new TiledAutoencoder(engine, network.autoencoder(), files.firstStage(), options);
    this.codes = new LatentCodes(files.codebook());
  }

  LatentDiffusionSr network() {
    return files.network();
  }

  /** Refuses tiles of the decoder that leave no room beside their halo. */
  void requireRoom(int tilePixels) {
    autoencoder.requireDecoderRoom(tilePixels);
  }

  /** The UNet for one image while it is sampled; the caller closes it. */
  PromptedDenoiser predictor(int tileBatch) {
    return tileCalls.predictor("", "", tileBatch);
  }

  private List<List<FloatTensor>> evaluate(List<Tile> tiles) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs =
          Map.of(
              "x", scope.upload(Batches.concatenated(tiles.stream().map(Tile::x).toList())),
              "z", scope.upload(Batches.concatenated(tiles.stream().map(Tile::zLr).toList())),
              "t", scope.upload(NetworkSet.timesteps(tiles)));
      FloatTensor out =
          tileCalls.run(tiles, () -> denoiser.get().run(scope, inputs)).get("out").download();
      return Batches.split(out, tiles.size()).stream().map(List::of).toList();
    }
  }

  /** The picture {@code [1,3,4h,4w]} of a latent {@code [1,3,h,w]}, around -1..1, unclamped. */
  FloatTensor decode(FloatTensor latent, int tilePixels) {
    FloatTensor quantized = codes.quantized(latent);
    return engine.calls().alone(() -> autoencoder.decode(quantized, tilePixels));
  }

  @Override
  public void close() {
    denoiser.close();
    autoencoder.close();
    files.close();
  }
}
