package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.EncodedPicture.Features;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The compiled networks of one model on one device. Native calls of concurrent images take turns in
 * the order they came: libtorch already uses every thread it was given.
 */
final class NetworkSet implements AutoCloseable {
  /** Up to this many steps the features of a picture are kept while it is sampled. */
  static final int FEW_STEPS = 8;

  private final TensorEngine engine;
  private final LazyNetwork denoiser;
  private final TiledAutoencoder autoencoder;
  private final PromptContexts contexts;
  private final ReentrantLock device = new ReentrantLock(true);

  NetworkSet(ModelDescription model, Weights weights, TensorEngine engine, CompileOptions options) {
    this.engine = engine;
    Graphs graphs = new Graphs(model.architecture());
    this.denoiser =
        new LazyNetwork(() -> engine.compile(graphs.denoiser(Extent.TILE), weights, options));
    this.autoencoder = new TiledAutoencoder(engine, model.architecture(), weights, options);
    this.contexts = new PromptContexts(model, weights, engine, options);
  }

  /** Refuses options under which no image, or no image that needs tiles, could be processed. */
  void check(UpscaleOptions options) {
    contexts.require(options.prompt());
    if (options.sampling().guided()) {
      contexts.require(options.negativePrompt());
    }
    autoencoder.requireRoom(options.vaeTilePixels(), options.fusionWeight());
  }

  /** The denoiser under two prompts. */
  TilePredictor predictor(String prompt, String negativePrompt) {
    Map<GuidanceBranch, FloatTensor> byBranch = new EnumMap<>(GuidanceBranch.class);
    return (x, zLr, timestep, branches) -> {
      FloatTensor[] context =
          branches.stream()
              .map(
                  branch ->
                      byBranch.computeIfAbsent(
                          branch,
                          key ->
                              exclusively(
                                  () ->
                                      contexts.of(
                                          key == GuidanceBranch.POSITIVE
                                              ? prompt
                                              : negativePrompt))))
              .toArray(FloatTensor[]::new);
      return denoise(x, zLr, timestep, context);
    };
  }

  private List<FloatTensor> denoise(
      FloatTensor x, FloatTensor zLr, int timestep, FloatTensor[] context) {
    FloatTensor[] copies = new FloatTensor[context.length];
    Arrays.fill(copies, x);
    FloatTensor out =
        run(
            denoiser,
            Map.of(
                "x", concatenated(copies),
                "z", zLr,
                "t", FloatTensor.of(new float[] {timestep}, 1),
                "context", concatenated(context)));
    return split(out, context.length);
  }

  private FloatTensor run(LazyNetwork network, Map<String, FloatTensor> arguments) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>();
      arguments.forEach((name, value) -> inputs.put(name, scope.upload(value)));
      return exclusively(() -> network.get().run(scope, inputs))
          .values()
          .iterator()
          .next()
          .download();
    }
  }

  /** Encodes a picture {@code [1,3,H,W]} in -1..1; the caller closes the result. */
  EncodedPicture encode(FloatTensor picture, UpscaleOptions options) {
    // Computing them again at the end is cheaper than holding some 400 bytes per pixel of every
    // picture in flight through all sampling steps.
    Features features =
        options.fusionWeight() > 0 && options.sampling().steps() <= FEW_STEPS
            ? Features.KEEP
            : Features.DROP;
    return exclusively(() -> autoencoder.encode(picture, options.vaeTilePixels(), features));
  }

  /** Decodes an unscaled latent to {@code [1,3,H,W]}, unclamped; w = 0 leaves the fusion out. */
  FloatTensor decode(EncodedPicture encoded, FloatTensor latent, UpscaleOptions options) {
    return exclusively(
        () -> autoencoder.decode(encoded, latent, options.fusionWeight(), options.vaeTilePixels()));
  }

  private <T> T exclusively(Supplier<T> call) {
    device.lock();
    try {
      return call.get();
    } finally {
      device.unlock();
    }
  }

  private static FloatTensor concatenated(FloatTensor[] parts) {
    if (parts.length == 1) {
      return parts[0];
    }
    int size = parts[0].size();
    float[] all = new float[size * parts.length];
    for (int i = 0; i < parts.length; i++) {
      System.arraycopy(parts[i].data(), 0, all, i * size, size);
    }
    int[] shape = parts[0].shape();
    shape[0] *= parts.length;
    return FloatTensor.of(all, shape);
  }

  private static List<FloatTensor> split(FloatTensor all, int parts) {
    int size = all.size() / parts;
    int[] shape = all.shape();
    shape[0] /= parts;
    return java.util.stream.IntStream.range(0, parts)
        .mapToObj(
            i -> FloatTensor.of(Arrays.copyOfRange(all.data(), i * size, (i + 1) * size), shape))
        .toList();
  }

  @Override
  public void close() {
    denoiser.close();
    autoencoder.close();
    contexts.close();
  }

  /** A network that is compiled when it is first needed. */
  static final class LazyNetwork implements AutoCloseable {
    private final Supplier<CompiledNetwork> compile;
    private CompiledNetwork network;

    LazyNetwork(Supplier<CompiledNetwork> compile) {
      this.compile = compile;
    }

    synchronized CompiledNetwork get() {
      if (network == null) {
        network = compile.get();
      }
      return network;
    }

    @Override
    public synchronized void close() {
      if (network != null) {
        network.close();
        network = null;
      }
    }
  }
}
