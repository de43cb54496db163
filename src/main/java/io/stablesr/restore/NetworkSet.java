package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DeepCache.Reach;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CallThreads;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.UnetConfig;
import io.stablesr.restore.EncodedPicture.Features;
import io.stablesr.restore.TileBatcher.Tile;
import io.stablesr.restore.TileBatcher.TileDepth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The compiled networks of one model on one device. Native calls of concurrent images get threads
 * by their size in the order they came ({@link CallThreads}).
 */
final class NetworkSet implements AutoCloseable {
  /** Up to this many steps the features of a picture are kept while it is sampled. */
  static final int FEW_STEPS = 8;

  private final TensorEngine engine;
  private final UnetConfig unet;
  private final DenoiserNetworks denoiser;
  private final TiledAutoencoder autoencoder;
  private final PromptContexts contexts;
  private final CallThreads calls;
  private final CallWork work;
  private final TileCalls tileCalls;

  NetworkSet(
      ModelDescription model,
      Weights weights,
      TensorEngine engine,
      CompileOptions options,
      TileSharing sharing) {
    this.engine = engine;
    this.calls = engine.calls();
    this.work = new CallWork(model.architecture());
    this.tileCalls = new TileCalls(engine, sharing, work.denoiserGflopPerLatent(), this::evaluate);
    this.unet = model.architecture().unet();
    this.denoiser =
        new DenoiserNetworks(
            model.architecture(), graph -> engine.compileRepeated(graph, weights, options));
    this.autoencoder = new TiledAutoencoder(engine, model.architecture(), weights, options);
    this.contexts = new PromptContexts(model, weights, engine, options);
  }

  /** Refuses options under which no image, or no image that needs tiles, could be processed. */
  void check(UpscaleOptions options) {
    contexts.require(options.prompt());
    if (options.sampling().guided()) {
      contexts.require(options.negativePrompt());
    }
    DenoiserNetworks.check(unet, options.sampling().deepCache());
    autoencoder.requireRoom(options.vaeTilePixels(), options.fusionWeight());
  }

  /** {@link TileCalls#predictor}. */
  PromptedDenoiser predictor(String prompt, String negativePrompt, int tileBatch) {
    return tileCalls.predictor(prompt, negativePrompt, tileBatch);
  }

  /** One native call: tiles run fastest, then guidance branches. */
  private List<List<FloatTensor>> evaluate(List<Tile> tiles) {
    int branches = tiles.get(0).texts().size();
    FloatTensor x = Batches.concatenated(tiles.stream().map(Tile::x).toList());
    Reach reach = tiles.get(0).depth().reach();
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>();
      inputs.put("x", scope.upload(Batches.concatenated(Collections.nCopies(branches, x))));
      inputs.put("z", scope.upload(Batches.concatenated(tiles.stream().map(Tile::zLr).toList())));
      inputs.put("t", scope.upload(timesteps(tiles)));
      inputs.put("context", scope.upload(context(tiles, branches)));
      if (reach.part() == Reach.Part.SHALLOW) {
        inputs.put("kept", kept(tiles, branches, scope));
      }
      Map<String, DeviceTensor> results =
          tileCalls.run(tiles, () -> denoiser.using(reach, network -> network.run(scope, inputs)));
      FloatTensor out = results.get("out").download();
      if (reach.part() == Reach.Part.KEEPING) {
        keep(tiles, branches, results.get("kept"));
      }
      List<FloatTensor> parts = Batches.split(out, branches * tiles.size());
      return IntStream.range(0, tiles.size())
          .mapToObj(
              i ->
                  IntStream.range(0, branches)
                      .mapToObj(k -> parts.get(k * tiles.size() + i))
                      .toList())
          .toList();
    }
  }

  /** What was kept of the tiles, in the order of x. */
  private static DeviceTensor kept(List<Tile> tiles, int branches, TensorScope scope) {
    List<List<DeviceTensor>> lent =
        tiles.stream()
            .map(tile -> tile.depth().features().lend(tile.depth().tile(), scope))
            .toList();
    List<DeviceTensor> ordered = new ArrayList<>();
    for (int k = 0; k < branches; k++) {
      for (List<DeviceTensor> tile : lent) {
        ordered.add(tile.get(k));
      }
    }
    return scope.concatenated(ordered);
  }

  private static void keep(List<Tile> tiles, int branches, DeviceTensor all) {
    for (int i = 0; i < tiles.size(); i++) {
      int first = i;
      TileDepth depth = tiles.get(i).depth();
      List<Integer> rows =
          IntStream.range(0, branches).mapToObj(k -> k * tiles.size() + first).toList();
      depth.features().put(depth.tile(), all, rows);
    }
  }

  /** One for all where they are equal, as within one image. */
  static FloatTensor timesteps(List<Tile> tiles) {
    int[] timesteps = tiles.stream().mapToInt(Tile::timestep).toArray();
    boolean equal = IntStream.of(timesteps).distinct().count() == 1;
    float[] values = new float[equal ? 1 : timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = timesteps[i];
    }
    return FloatTensor.of(values, values.length);
  }

  /** One entry per branch where the texts are equal, else one per branch and tile. */
  private FloatTensor context(List<Tile> tiles, int branches) {
    boolean equal = tiles.stream().map(Tile::texts).distinct().count() == 1;
    List<FloatTensor> parts = new ArrayList<>();
    for (int k = 0; k < branches; k++) {
      for (Tile tile : equal ? tiles.subList(0, 1) : tiles) {
        String text = tile.texts().get(k);
        parts.add(contexts.of(text));
      }
    }
    return Batches.concatenated(parts);
  }

  /** Encodes a picture {@code [1,3,H,W]} in -1..1; the caller closes the result. */
  EncodedPicture encode(FloatTensor picture, UpscaleOptions options) {
    // Computing them again at the end is cheaper than holding some 400 bytes per pixel of every
    // picture in flight through all sampling steps.
    Features features =
        options.fusionWeight() > 0 && options.sampling().steps() <= FEW_STEPS
            ? Features.KEEP
            : Features.DROP;
    return calls.run(
        work.encoding(picture.dim(2), picture.dim(3), options.vaeTilePixels()),
        () -> autoencoder.encode(picture, options.vaeTilePixels(), features));
  }

  /** Decodes an unscaled latent to {@code [1,3,H,W]}, unclamped; w = 0 leaves the fusion out. */
  FloatTensor decode(EncodedPicture encoded, FloatTensor latent, UpscaleOptions options) {
    double weight = options.fusionWeight();
    int tilePixels = options.vaeTilePixels();
    return calls.run(
        work.decoding(latent.dim(2), latent.dim(3), weight, tilePixels),
        () -> autoencoder.decode(encoded, latent, weight, tilePixels));
  }

  /** {@link StripAutoencoder#encode}. */
  PictureStatistics encodeInStrips(
      Window canvas, TileSweep.Plane source, UpscaleOptions options, TileSweep.Cores moments) {
    return calls.alone(() -> strips().encode(canvas, source, options.vaeTilePixels(), moments));
  }

  /** {@link StripAutoencoder#decode}. */
  void decodeInStrips(
      Window canvas,
      TileSweep.Plane source,
      TileSweep.Plane latent,
      PictureStatistics encoded,
      UpscaleOptions options,
      TileSweep.Cores picture) {
    calls.alone(
        () -> {
          strips()
              .decode(
                  canvas,
                  source,
                  latent,
                  encoded,
                  options.fusionWeight(),
                  options.vaeTilePixels(),
                  picture);
          return canvas;
        });
  }

  private StripAutoencoder strips() {
    return autoencoder.strips(StripAutoencoder.Sample.DEFAULT);
  }

  @Override
  public void close() {
    denoiser.close();
    autoencoder.close();
    contexts.close();
  }
}
