package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.TilePredictor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.EncodedPicture.Features;
import io.stablesr.restore.TileBatcher.Member;
import io.stablesr.restore.TileBatcher.Tile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The compiled networks of one model on one device. Native calls of concurrent images take turns in
 * the order they came: libtorch already uses every thread it was given.
 */
final class NetworkSet implements AutoCloseable {
  /** Up to this many steps the features of a picture are kept while it is sampled. */
  static final int FEW_STEPS = 8;

  private final TensorEngine engine;
  private final FirstUse<CompiledNetwork> denoiser;
  private final TiledAutoencoder autoencoder;
  private final PromptContexts contexts;
  private final TileSharing sharing;
  private final TileBatcher shared = new TileBatcher(this::evaluate);
  private final ReentrantLock device = new ReentrantLock(true);

  NetworkSet(
      ModelDescription model,
      Weights weights,
      TensorEngine engine,
      CompileOptions options,
      TileSharing sharing) {
    this.engine = engine;
    this.sharing = sharing;
    Graphs graphs = new Graphs(model.architecture());
    this.denoiser =
        FirstUse.ofNetwork(() -> engine.compile(graphs.denoiser(Extent.TILE), weights, options));
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

  /** The denoiser for one image while it is sampled; the caller closes it. */
  PromptedDenoiser predictor(String prompt, String negativePrompt, int tileBatch) {
    TileBatcher batcher =
        sharing == TileSharing.ACROSS_IMAGES ? shared : new TileBatcher(this::evaluate);
    return new PromptedDenoiser(
        prompt, negativePrompt, FirstUse.of(() -> batcher.join(tileBatch), Member::close));
  }

  /** The denoiser under the prompts of one image. */
  static final class PromptedDenoiser implements TilePredictor, AutoCloseable {
    private final String prompt;
    private final String negativePrompt;
    // Joined with the first tiles, so that nobody waits for a picture that is still encoded.
    private final FirstUse<Member> batches;

    PromptedDenoiser(String prompt, String negativePrompt, FirstUse<Member> batches) {
      this.prompt = prompt;
      this.negativePrompt = negativePrompt;
      this.batches = batches;
    }

    @Override
    public List<FloatTensor> predict(
        FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
      List<String> texts = branches.stream().map(this::text).toList();
      List<FloatTensor> conditions = split(zLr, zLr.dim(0));
      List<Tile> tiles = new ArrayList<>();
      for (FloatTensor part : split(x, x.dim(0))) {
        tiles.add(new Tile(part, conditions.get(tiles.size()), timestep, texts));
      }
      List<List<FloatTensor>> outputs = batches.get().evaluate(tiles);
      return IntStream.range(0, branches.size())
          .mapToObj(k -> concatenated(outputs.stream().map(output -> output.get(k)).toList()))
          .toList();
    }

    private String text(GuidanceBranch branch) {
      return branch == GuidanceBranch.POSITIVE ? prompt : negativePrompt;
    }

    @Override
    public void close() {
      batches.close();
    }
  }

  /** One native call: tiles run fastest, then guidance branches. */
  private List<List<FloatTensor>> evaluate(List<Tile> tiles) {
    int branches = tiles.get(0).texts().size();
    FloatTensor x = concatenated(tiles.stream().map(Tile::x).toList());
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs =
          Map.of(
              "x", scope.upload(concatenated(Collections.nCopies(branches, x))),
              "z", scope.upload(concatenated(tiles.stream().map(Tile::zLr).toList())),
              "t", scope.upload(timesteps(tiles)),
              "context", scope.upload(context(tiles, branches)));
      FloatTensor out = exclusively(() -> denoiser.get().run(scope, inputs)).get("out").download();
      List<FloatTensor> parts = split(out, branches * tiles.size());
      return IntStream.range(0, tiles.size())
          .mapToObj(
              i ->
                  IntStream.range(0, branches)
                      .mapToObj(k -> parts.get(k * tiles.size() + i))
                      .toList())
          .toList();
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
        parts.add(exclusively(() -> contexts.of(text)));
      }
    }
    return concatenated(parts);
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

  /** {@link StripAutoencoder#encode}. */
  PictureStatistics encodeInStrips(
      Window canvas, TileSweep.Plane source, UpscaleOptions options, TileSweep.Cores moments) {
    return exclusively(() -> strips().encode(canvas, source, options.vaeTilePixels(), moments));
  }

  /** {@link StripAutoencoder#decode}. */
  void decodeInStrips(
      Window canvas,
      TileSweep.Plane source,
      TileSweep.Plane latent,
      PictureStatistics encoded,
      UpscaleOptions options,
      TileSweep.Cores picture) {
    exclusively(
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

  private <T> T exclusively(Supplier<T> call) {
    device.lock();
    try {
      return call.get();
    } finally {
      device.unlock();
    }
  }

  /** Batches as one. */
  static FloatTensor concatenated(List<FloatTensor> parts) {
    FloatTensor first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    float[] all = new float[first.size() * parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).data(), 0, all, i * first.size(), first.size());
    }
    int[] shape = first.shape();
    shape[0] *= parts.size();
    return FloatTensor.of(all, shape);
  }

  /** A batch in equal parts. */
  static List<FloatTensor> split(FloatTensor all, int parts) {
    int size = all.size() / parts;
    int[] shape = all.shape();
    shape[0] /= parts;
    return IntStream.range(0, parts)
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
}
