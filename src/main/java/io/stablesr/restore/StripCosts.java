package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.AutoencoderParts;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.util.function.Function;

/** Operations of {@link StripAutoencoder}. */
final class StripCosts {
  /** Sweeps over the samples until their statistics stand still (docs/tiling.md). */
  private static final int SAMPLE_SWEEPS = 6;

  private final int downsampling;
  private final Network encoder;
  private final Network decoder;
  private final Network fusingDecoder;

  /** Networks on tiles, and what is whole beside them. */
  private record Network(FlopCurve tiles, int halo, FlopCurve whole) {
    double at(int rows, int columns, int tile) {
      double sampled = StripAutoencoder.Sample.DEFAULT.regionLatents(rows, columns, tile, halo);
      // What runs on tiles has no attention, so one evaluation of all together costs the same.
      return tiles.at(TilePlan.regionLatents(rows, columns, tile, halo))
          + SAMPLE_SWEEPS * tiles.at(sampled)
          + (whole == null ? 0 : whole.at((double) rows * columns));
    }
  }

  StripCosts(ModelDescription model, Graphs graphs) {
    AutoencoderConfig config = model.architecture().autoencoder();
    int side = 1 << (model.architecture().unet().levels() - 1);
    this.downsampling = config.downsampling();
    if (config.middleAttention() == MiddleAttention.NONE) {
      encoder = network(graphs, side, AutoencoderParts::encoderWindow, null);
      decoder = network(graphs, side, AutoencoderParts::decoderWindow, null);
      fusingDecoder = network(graphs, side, AutoencoderParts::fusingDecoderWindow, null);
    } else {
      FlopCurve tail = curve(graphs, side, AutoencoderParts::encoderTail);
      FlopCurve head = curve(graphs, side, AutoencoderParts::decoderHead);
      encoder = network(graphs, side, AutoencoderParts::encoderBody, tail);
      decoder = network(graphs, side, AutoencoderParts::decoderBody, head);
      fusingDecoder = network(graphs, side, AutoencoderParts::fusingDecoderBody, head);
    }
  }

  /** Encoding and decoding of a canvas. */
  double flops(int rows, int columns, UpscaleOptions options) {
    int tile = options.vaeTilePixels() / downsampling;
    Network decoding = options.fusionWeight() != 0 ? fusingDecoder : decoder;
    TilePlan.requireRoom(options.vaeTilePixels(), encoder.halo(), downsampling);
    TilePlan.requireRoom(options.vaeTilePixels(), decoding.halo(), downsampling);
    return encoder.at(rows, columns, tile) + decoding.at(rows, columns, tile);
  }

  private Network network(
      Graphs graphs, int side, Function<AutoencoderParts, Graph> part, FlopCurve whole) {
    int halo =
        AutoencoderNetworks.haloLatents(
            part.apply(graphs.autoencoderParts(Extent.TILE)), downsampling);
    return new Network(curve(graphs, side, part), halo, whole);
  }

  private static FlopCurve curve(Graphs graphs, int side, Function<AutoencoderParts, Graph> part) {
    return FlopCurve.of(s -> part.apply(graphs.autoencoderParts(new Extent(1, s, s))), side);
  }
}
