package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Symbol;
import io.stablesr.network.Graphs.Extent;
import java.util.List;

/**
 * The autoencoder cut at the latent's resolution. The parts named body hold no attention and work
 * on windows of a picture; the others see the picture as a whole, at 1/f of its size. Those named
 * window are uncut: where the middle has no attention, all of it works on windows.
 */
public final class AutoencoderParts {
  private final AutoencoderConfig config;
  private final Autoencoder autoencoder;
  private final Extent extent;

  AutoencoderParts(AutoencoderConfig config, Extent extent) {
    this.config = config;
    this.autoencoder = new Autoencoder(config, Graphs.CFW_SCOPE);
    this.extent = extent;
  }

  /** {@code picture [N,3,H,W]} in -1..1 to {@code body [N,C,H/f,W/f]}. */
  public Graph encoderBody() {
    Recorder recorder = new Recorder("vae-encoder-body");
    recorder.output("body", autoencoder.encoderBody(picture(recorder)).latentResolution());
    return recorder.finish();
  }

  /** {@code body [N,C,h,w]} to {@code moments [N,8,h,w]}. */
  public Graph encoderTail() {
    Recorder recorder = new Recorder("vae-encoder-tail");
    recorder.output("moments", autoencoder.encoderTail(latentResolution(recorder, "body")));
    return recorder.finish();
  }

  /** Unscaled {@code latent [N,4,h,w]} to {@code head [N,C,h,w]}. */
  public Graph decoderHead() {
    Recorder recorder = new Recorder("vae-decoder-head");
    recorder.output("head", autoencoder.decoderHead(latent(recorder)));
    return recorder.finish();
  }

  /** {@code head [N,C,h,w]} to {@code picture [N,3,H,W]}, unclamped. */
  public Graph decoderBody() {
    Recorder recorder = new Recorder("vae-decoder-body");
    Symbol head = latentResolution(recorder, "head");
    recorder.output("picture", autoencoder.decoderBody(head, List.of(), null));
    return recorder.finish();
  }

  /**
   * The body of the decoder with CFW, fed by the encoder inside the same graph so that features
   * exist for one window at a time: {@code source [N,3,H,W]} in -1..1, {@code head [N,C,h,w]} and
   * {@code w [1]} to {@code picture [N,3,H,W]}, unclamped.
   */
  public Graph fusingDecoderBody() {
    Recorder recorder = new Recorder("cfw-decoder-body");
    List<Symbol> features = autoencoder.encoderBody(picture(recorder)).features();
    Symbol head = latentResolution(recorder, "head");
    Symbol weight = recorder.input("w", 1);
    recorder.output("picture", autoencoder.decoderBody(head, features, weight));
    return recorder.finish();
  }

  /** {@code source [N,3,H,W]} in -1..1 to {@code moments [N,8,H/f,W/f]}. */
  public Graph encoderWindow() {
    Recorder recorder = new Recorder("vae-encoder-window");
    Symbol body = autoencoder.encoderBody(picture(recorder)).latentResolution();
    recorder.output("moments", autoencoder.encoderTail(body));
    return recorder.finish();
  }

  /** Unscaled {@code latent [N,4,h,w]} to {@code picture [N,3,H,W]}, unclamped. */
  public Graph decoderWindow() {
    Recorder recorder = new Recorder("vae-decoder-window");
    recorder.output("picture", autoencoder.decode(latent(recorder)));
    return recorder.finish();
  }

  /** {@link #decoderWindow} with CFW, fed by the encoder as {@link #fusingDecoderBody} is. */
  public Graph fusingDecoderWindow() {
    Recorder recorder = new Recorder("cfw-decoder-window");
    List<Symbol> features = autoencoder.encoderBody(picture(recorder)).features();
    Symbol latent = latent(recorder);
    Symbol weight = recorder.input("w", 1);
    recorder.output("picture", autoencoder.decode(latent, features, weight));
    return recorder.finish();
  }

  private Symbol latent(Recorder recorder) {
    return recorder.input(
        "latent",
        extent.batch(),
        config.latentChannels(),
        extent.latentHeight(),
        extent.latentWidth());
  }

  private Symbol picture(Recorder recorder) {
    int f = config.downsampling();
    return recorder.input(
        "source", extent.batch(), 3, f * extent.latentHeight(), f * extent.latentWidth());
  }

  private Symbol latentResolution(Recorder recorder, String name) {
    int channels = config.channels(config.levels() - 1);
    return recorder.input(
        name, extent.batch(), channels, extent.latentHeight(), extent.latentWidth());
  }
}
