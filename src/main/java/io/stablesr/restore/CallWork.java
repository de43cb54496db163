package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;

/**
 * Work of the native calls of a model in billions of operations, by which they get threads. In
 * proportion to their latents: attention, whose work grows faster, hardly counts where a call is
 * small enough to matter.
 */
final class CallWork {
  private static final double GIGA = 1e9;

  private final int downsampling;
  private final double denoiser;
  private final double encoder;
  private final double decoder;
  private final double fusingDecoder;

  CallWork(Architecture architecture) {
    Graphs graphs = new Graphs(architecture);
    this.downsampling = architecture.autoencoder().downsampling();
    this.denoiser = perLatent(graphs.denoiser(Extent.TILE));
    this.encoder = perLatent(graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE));
    this.decoder = perLatent(graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE));
    this.fusingDecoder = perLatent(graphs.fusingDecoder(Extent.TILE));
  }

  static double perLatent(Graph tile) {
    return tile.cost().flops() / GIGA / (Extent.TILE.latentHeight() * Extent.TILE.latentWidth());
  }

  /** A tile of one guidance branch. */
  double denoiserGflopPerLatent() {
    return denoiser;
  }

  /** Encoding a picture with these sides in pixels. */
  double encoding(int heightPixels, int widthPixels, int tilePixels) {
    return encoder * latents(heightPixels / downsampling, widthPixels / downsampling, tilePixels);
  }

  /** Decoding a latent. */
  double decoding(int height, int width, double fusionWeight, int tilePixels) {
    return (fusionWeight == 0 ? decoder : fusingDecoder) * latents(height, width, tilePixels);
  }

  /** What needs tiles has calls over the whole picture too, and is never small. */
  private double latents(int height, int width, int tilePixels) {
    int tile = tilePixels / downsampling;
    return height <= tile && width <= tile ? (double) height * width : Double.POSITIVE_INFINITY;
  }
}
