package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import io.stablesr.network.Graphs.Extent;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Records an autoencoder as the graphs that are evaluated.
 *
 * @param config its architecture
 */
public record AutoencoderGraphs(AutoencoderConfig config) {
  /**
   * The encoder: {@code picture [N,3,H,W]} in -1..1 to {@code moments} and {@code feature/<i>}.
   *
   * @param scope where its weights stand
   */
  public Graph encoder(Extent extent, Scope scope) {
    Recorder recorder = new Recorder("vae-encoder");
    int f = config.downsampling();
    Symbol picture =
        recorder.input(
            "picture", extent.batch(), 3, f * extent.latentHeight(), f * extent.latentWidth());
    Autoencoder.Encoded encoded = new Autoencoder(config, scope).encode(picture);
    recorder.output("moments", encoded.moments());
    for (int i = 0; i < encoded.features().size(); i++) {
      recorder.output("feature/" + i, encoded.features().get(i));
    }
    return recorder.finish();
  }

  /** The plain decoder: unscaled {@code latent} to {@code picture}, unclamped. */
  public Graph decoder(Extent extent, Scope scope) {
    Recorder recorder = new Recorder("vae-decoder");
    Symbol latent = latent(recorder, extent);
    recorder.output("picture", new Autoencoder(config, scope).decode(latent));
    return recorder.finish();
  }

  /** The decoder with CFW: {@code latent, feature/<i>, w [1]} to {@code picture}, unclamped. */
  public Graph fusingDecoder(Extent extent) {
    Recorder recorder = new Recorder("cfw-decoder");
    Symbol latent = latent(recorder, extent);
    List<Integer> levels = config.fusedLevels();
    List<Symbol> features =
        IntStream.range(0, levels.size())
            .mapToObj(
                i -> {
                  int enlargement = config.downsampling() >> levels.get(i);
                  return recorder.input(
                      "feature/" + i,
                      extent.batch(),
                      config.channels(levels.get(i)),
                      enlargement * extent.latentHeight(),
                      enlargement * extent.latentWidth());
                })
            .toList();
    Symbol weight = recorder.input("w", 1);
    Autoencoder autoencoder = new Autoencoder(config, Graphs.CFW_SCOPE);
    recorder.output("picture", autoencoder.decode(latent, features, weight));
    return recorder.finish();
  }

  /** The autoencoder in parts for tiles; its weights are under {@link Graphs#CFW_SCOPE}. */
  public AutoencoderParts parts(Extent extent) {
    return new AutoencoderParts(config, extent);
  }

  private Symbol latent(Recorder recorder, Extent extent) {
    return recorder.input(
        "latent",
        extent.batch(),
        config.latentChannels(),
        extent.latentHeight(),
        extent.latentWidth());
  }
}
