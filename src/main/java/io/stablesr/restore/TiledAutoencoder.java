package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.restore.AutoencoderNetworks.Part;
import io.stablesr.restore.EncodedPicture.Features;
import io.stablesr.restore.TileSweep.Arguments;
import io.stablesr.restore.TileSweep.Cores;
import io.stablesr.restore.TileSweep.Plane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The autoencoder for pictures of any size (docs/tiling.md). A picture of at most {@code
 * tilePixels} on both sides is evaluated at once. A larger one is evaluated in tiles of at most
 * {@code tilePixels} on a side, halo included, whose normalisations share the statistics of the
 * whole picture, with only the middle of the network, which has attention, seeing the picture
 * whole: at 1/f of its size, in memory linear and time quadratic in the number of latents.
 *
 * <p>Networks are compiled when they are first needed. Calls from several threads are safe; each
 * checks for interruption between tiles and then throws CANCELLED.
 */
public final class TiledAutoencoder implements AutoCloseable {
  private final TensorEngine engine;
  private final AutoencoderConfig config;
  private final AutoencoderNetworks networks;

  /**
   * An autoencoder that compiles nothing yet.
   *
   * @param weights the autoencoder's under their root keys, as {@code vqgan_cfw_*.ckpt} holds them;
   *     fusion layers may be missing when no fusion is asked for
   */
  public TiledAutoencoder(
      TensorEngine engine, Architecture architecture, Weights weights, CompileOptions options) {
    this(engine, architecture.autoencoder(), weights, options);
  }

  /** The same for an architecture of which there is nothing but the autoencoder. */
  TiledAutoencoder(
      TensorEngine engine, AutoencoderConfig config, Weights weights, CompileOptions options) {
    this.engine = engine;
    this.config = config;
    this.networks = new AutoencoderNetworks(engine, config, weights, options);
  }

  /**
   * Encodes a picture.
   *
   * @param picture {@code [1,3,H,W]} in -1..1, H and W multiples of the downsampling factor
   * @param tilePixels longest side of a tile
   * @param features whether {@link #decode} with fusion is expected to follow soon
   * @return moments {@code [1,8,H/f,W/f]} and what decoding needs; to be closed by the caller
   * @throws StableSrException CONFIG when tiles are needed and {@code tilePixels} leaves no room
   *     beside the halo; CANCELLED; OUT_OF_MEMORY; ENGINE
   */
  public EncodedPicture encode(FloatTensor picture, int tilePixels, Features features) {
    TileSweep.checkInterrupt();
    requireImage(picture, 3, config.downsampling());
    TensorScope kept = engine.scope();
    try {
      return isWhole(picture.dim(2), picture.dim(3), tilePixels)
          ? encodeWhole(kept, picture, features)
          : encodeTiled(kept, picture, tilePixels);
    } catch (RuntimeException | Error e) {
      kept.close();
      throw e;
    }
  }

  private EncodedPicture encodeWhole(TensorScope kept, FloatTensor picture, Features features) {
    FloatTensor moments;
    Map<String, DeviceTensor> held = Map.of();
    if (features == Features.KEEP) {
      Map<String, DeviceTensor> results = runEncoder(kept, picture);
      moments = results.get("moments").download();
      held = featuresOf(results);
    } else {
      try (TensorScope scope = engine.scope()) {
        moments = runEncoder(scope, picture).get("moments").download();
      }
    }
    return new EncodedPicture(picture, moments, PictureStatistics.UNKNOWN, kept, held);
  }

  private Map<String, DeviceTensor> runEncoder(TensorScope results, FloatTensor picture) {
    try (TensorScope inputs = engine.scope()) {
      return networks.get(Part.ENCODER).run(results, Map.of("picture", inputs.upload(picture)));
    }
  }

  private static Map<String, DeviceTensor> featuresOf(Map<String, DeviceTensor> results) {
    Map<String, DeviceTensor> features = new HashMap<>(results);
    features.remove("moments");
    return features;
  }

  private EncodedPicture encodeTiled(TensorScope kept, FloatTensor picture, int tilePixels) {
    int height = picture.dim(2) / config.downsampling();
    int width = picture.dim(3) / config.downsampling();
    int channels = config.channels(config.levels() - 1);
    List<TilePlan.Tile> tiles = plan(height, width, tilePixels, Part.ENCODER_BODY);
    try (TensorScope scope = engine.scope()) {
      FloatTensor body = FloatTensor.zeros(1, channels, height, width);
      Map<String, Plane> planes =
          Map.of("source", Plane.of(scope.upload(picture), config.downsampling()));
      PictureStatistics statistics =
          sweep(Part.ENCODER_BODY)
              .settle(
                  tiles,
                  new Arguments(planes, Map.of()),
                  PictureStatistics.UNKNOWN,
                  TileSweep.STATISTICS_TOLERANCE,
                  Cores.into(body, 1));
      Map<String, DeviceTensor> whole = Map.of("body", scope.upload(body));
      FloatTensor moments =
          networks.get(Part.ENCODER_TAIL).run(scope, whole).get("moments").download();
      return new EncodedPicture(picture, moments, statistics, kept, Map.of());
    }
  }

  /**
   * Decodes a latent, corrected by the features of the picture it was made from.
   *
   * @param encoded the picture
   * @param latent unscaled latent {@code [1,4,h,w]} of the picture's size
   * @param fusionWeight CFW weight w in 0..1; with 0 the fusion is not computed
   * @param tilePixels longest side of a tile
   * @return picture {@code [1,3,H,W]} around -1..1, unclamped
   * @throws StableSrException as {@link #encode}
   */
  public FloatTensor decode(
      EncodedPicture encoded, FloatTensor latent, double fusionWeight, int tilePixels) {
    TileSweep.checkInterrupt();
    requireImage(latent, config.latentChannels(), 1);
    int height = config.downsampling() * latent.dim(2);
    int width = config.downsampling() * latent.dim(3);
    FloatTensor picture = encoded.picture();
    if (picture.dim(2) != height || picture.dim(3) != width) {
      throw new IllegalArgumentException(latent + " is not a latent of " + picture);
    }
    if (fusionWeight == 0) {
      return decode(latent, encoded.statistics(), tilePixels);
    }
    return isWhole(height, width, tilePixels)
        ? fuseWhole(encoded, latent, fusionWeight)
        : fuseTiled(encoded, latent, fusionWeight, tilePixels);
  }

  /**
   * Decodes a latent without any picture.
   *
   * @param latent unscaled latent {@code [1,C,h,w]}
   * @return as {@link #decode(EncodedPicture, FloatTensor, double, int)}
   */
  FloatTensor decode(FloatTensor latent, int tilePixels) {
    TileSweep.checkInterrupt();
    requireImage(latent, config.latentChannels(), 1);
    return decode(latent, PictureStatistics.UNKNOWN, tilePixels);
  }

  private FloatTensor decode(FloatTensor latent, PictureStatistics known, int tilePixels) {
    int f = config.downsampling();
    try (TensorScope scope = engine.scope()) {
      if (isWhole(f * latent.dim(2), f * latent.dim(3), tilePixels)) {
        Map<String, DeviceTensor> whole = Map.of("latent", scope.upload(latent));
        return networks.get(Part.DECODER).run(scope, whole).get("picture").download();
      }
      Map<String, Plane> planes = Map.of("head", Plane.of(head(scope, latent), 1));
      return sweep(Part.DECODER_BODY, latent, tilePixels, new Arguments(planes, Map.of()), known);
    }
  }

  private FloatTensor fuseWhole(EncodedPicture encoded, FloatTensor latent, double fusionWeight) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> arguments = new HashMap<>();
      arguments.put("latent", scope.upload(latent));
      arguments.put("w", scope.upload(new float[] {(float) fusionWeight}, 1));
      arguments.putAll(
          encoded.features().isEmpty()
              ? featuresOf(runEncoder(scope, encoded.picture()))
              : encoded.features());
      return networks.get(Part.FUSING_DECODER).run(scope, arguments).get("picture").download();
    }
  }

  private FloatTensor fuseTiled(
      EncodedPicture encoded, FloatTensor latent, double fusionWeight, int tilePixels) {
    try (TensorScope scope = engine.scope()) {
      Map<String, Plane> planes =
          Map.of(
              "head",
              Plane.of(head(scope, latent), 1),
              "source",
              Plane.of(scope.upload(encoded.picture()), config.downsampling()));
      Map<String, DeviceTensor> weight =
          Map.of("w", scope.upload(new float[] {(float) fusionWeight}, 1));
      return sweep(
          Part.FUSING_DECODER_BODY,
          latent,
          tilePixels,
          new Arguments(planes, weight),
          encoded.statistics());
    }
  }

  /** The picture that the body of a decoder makes of a latent, tile by tile. */
  private FloatTensor sweep(
      Part body, FloatTensor latent, int tilePixels, Arguments given, PictureStatistics known) {
    int f = config.downsampling();
    List<TilePlan.Tile> tiles = plan(latent.dim(2), latent.dim(3), tilePixels, body);
    FloatTensor output = FloatTensor.zeros(1, 3, f * latent.dim(2), f * latent.dim(3));
    sweep(body).settle(tiles, given, known, TileSweep.STATISTICS_TOLERANCE, Cores.into(output, f));
    return output;
  }

  private DeviceTensor head(TensorScope results, FloatTensor latent) {
    try (TensorScope inputs = engine.scope()) {
      Map<String, DeviceTensor> arguments = Map.of("latent", inputs.upload(latent));
      return networks.get(Part.DECODER_HEAD).run(results, arguments).get("head");
    }
  }

  /** The same autoencoder for pictures that do not fit into memory; it needs no closing. */
  StripAutoencoder strips(StripAutoencoder.Sample sample) {
    return new StripAutoencoder(engine, config, networks, sample);
  }

  private TileSweep sweep(Part part) {
    CompiledNetwork network = networks.get(part);
    return new TileSweep(engine, network, config.normGroups());
  }

  /**
   * Checks that tiles leave room beside the halo.
   *
   * @throws StableSrException CONFIG when they do not
   */
  void requireRoom(int tilePixels, double fusionWeight) {
    Part decoder = fusionWeight == 0 ? Part.DECODER_BODY : Part.FUSING_DECODER_BODY;
    for (Part part : List.of(Part.ENCODER_BODY, decoder)) {
      TilePlan.requireRoom(tilePixels, networks.haloLatents(part), config.downsampling());
    }
  }

  /** {@link #requireRoom} for decoding without a picture. */
  void requireDecoderRoom(int tilePixels) {
    TilePlan.requireRoom(
        tilePixels, networks.haloLatents(Part.DECODER_BODY), config.downsampling());
  }

  private List<TilePlan.Tile> plan(int height, int width, int tilePixels, Part part) {
    int halo = networks.haloLatents(part);
    TilePlan.requireRoom(tilePixels, halo, config.downsampling());
    return TilePlan.of(height, width, tilePixels / config.downsampling(), halo);
  }

  private static boolean isWhole(int height, int width, int tilePixels) {
    return height <= tilePixels && width <= tilePixels;
  }

  private static void requireImage(FloatTensor image, int channels, int multiple) {
    if (image.rank() != 4
        || image.dim(0) != 1
        || image.dim(1) != channels
        || image.dim(2) % multiple != 0
        || image.dim(3) % multiple != 0) {
      throw new IllegalArgumentException(
          "Expected [1,%d,H,W] with H and W multiples of %d, got %s"
              .formatted(channels, multiple, image));
    }
  }

  @Override
  public void close() {
    networks.close();
  }
}
