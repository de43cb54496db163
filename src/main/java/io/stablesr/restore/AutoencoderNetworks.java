package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.NormStatistics;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ReceptiveField;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderGraphs;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.util.EnumMap;
import java.util.Map;

/** The compiled forms of one autoencoder, each made when it is first needed. */
final class AutoencoderNetworks implements AutoCloseable {
  /**
   * Paths through dense blocks are attenuated by constant residual scales of 0.2; those attenuated
   * to less than this are left out of the halo. docs/tiling.md has the measured effect.
   */
  static final double LEAST_PATH_SCALE = 0.01;

  private final AutoencoderGraphs graphs;
  private final int downsampling;
  private final Map<Part, FirstUse<CompiledNetwork>> compiled = new EnumMap<>(Part.class);
  private final Map<Part, FirstUse<Integer>> halos = new EnumMap<>(Part.class);

  /** What can be compiled. */
  enum Part {
    ENCODER,
    DECODER,
    FUSING_DECODER,
    ENCODER_BODY,
    ENCODER_TAIL,
    DECODER_HEAD,
    DECODER_BODY,
    FUSING_DECODER_BODY,
    ENCODER_WINDOW,
    DECODER_WINDOW,
    FUSING_DECODER_WINDOW
  }

  AutoencoderNetworks(
      TensorEngine engine, AutoencoderConfig config, Weights weights, CompileOptions options) {
    this.graphs = new AutoencoderGraphs(config);
    this.downsampling = config.downsampling();
    for (Part part : Part.values()) {
      compiled.put(
          part,
          FirstUse.ofNetwork(
              () -> engine.compile(graph(part), weights, options, statistics(part))));
      // Recording a graph again for every picture would only cost time.
      halos.put(part, FirstUse.of(() -> computeHalo(part)));
    }
  }

  CompiledNetwork get(Part part) {
    return compiled.get(part).get();
  }

  /** Latents that a tile of a body or window needs beyond its core, on each side. */
  int haloLatents(Part body) {
    return halos.get(body).get();
  }

  private int computeHalo(Part body) {
    return haloLatents(graph(body), downsampling);
  }

  /** The halo of a recorded body. */
  static int haloLatents(Graph body, int downsampling) {
    int halo = 0;
    Map<String, Integer> margins = ReceptiveField.margins(body, LEAST_PATH_SCALE);
    for (Map.Entry<String, Integer> margin : margins.entrySet()) {
      int pixelsPerLatent = margin.getKey().equals("source") ? downsampling : 1;
      if (!margin.getKey().equals("w")) {
        halo = Math.max(halo, (margin.getValue() + pixelsPerLatent - 1) / pixelsPerLatent);
      }
    }
    return halo;
  }

  private Graph graph(Part part) {
    return switch (part) {
      case ENCODER -> graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE);
      case DECODER -> graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE);
      case FUSING_DECODER -> graphs.fusingDecoder(Extent.TILE);
      case ENCODER_BODY -> graphs.parts(Extent.TILE).encoderBody();
      case ENCODER_TAIL -> graphs.parts(Extent.TILE).encoderTail();
      case DECODER_HEAD -> graphs.parts(Extent.TILE).decoderHead();
      case DECODER_BODY -> graphs.parts(Extent.TILE).decoderBody();
      case FUSING_DECODER_BODY -> graphs.parts(Extent.TILE).fusingDecoderBody();
      case ENCODER_WINDOW -> graphs.parts(Extent.TILE).encoderWindow();
      case DECODER_WINDOW -> graphs.parts(Extent.TILE).decoderWindow();
      case FUSING_DECODER_WINDOW -> graphs.parts(Extent.TILE).fusingDecoderWindow();
    };
  }

  private static NormStatistics statistics(Part part) {
    return switch (part) {
      case ENCODER_BODY,
          DECODER_BODY,
          FUSING_DECODER_BODY,
          ENCODER_WINDOW,
          DECODER_WINDOW,
          FUSING_DECODER_WINDOW ->
          NormStatistics.SHARED;
      case ENCODER, DECODER, FUSING_DECODER, ENCODER_TAIL, DECODER_HEAD -> NormStatistics.LOCAL;
    };
  }

  @Override
  public void close() {
    compiled.values().forEach(FirstUse::close);
  }
}
