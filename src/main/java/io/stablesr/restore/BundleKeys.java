package io.stablesr.restore;

import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights that the pipeline reads, by the file of a bundle that holds them. */
record BundleKeys(Map<String, Map<String, long[]>> files) {
  static final String DIFFUSION = "diffusion.safetensors";
  static final String AUTOENCODER = "autoencoder.safetensors";
  static final String TEXT_ENCODER = "text-encoder.safetensors";

  static BundleKeys of(Architecture architecture) {
    Graphs graphs = new Graphs(architecture);
    Map<String, Map<String, long[]>> files = new LinkedHashMap<>();
    files.put(DIFFUSION, shapes(graphs.denoiser(Extent.TILE)));
    files.put(
        AUTOENCODER,
        shapes(graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE), graphs.fusingDecoder(Extent.TILE)));
    if (architecture.textEncoder().isPresent()) {
      files.put(TEXT_ENCODER, shapes(graphs.textEncoder()));
    }
    return new BundleKeys(files);
  }

  /** All keys with their shapes. */
  Map<String, long[]> all() {
    Map<String, long[]> all = new LinkedHashMap<>();
    files.values().forEach(all::putAll);
    return all;
  }

  private static Map<String, long[]> shapes(Graph... graphs) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Graph graph : graphs) {
      shapes.putAll(graph.shapes());
    }
    return shapes;
  }
}
