package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.restore.AutoencoderNetworks.Part;
import io.stablesr.restore.TileSweep.Arguments;
import io.stablesr.restore.TileSweep.Cores;
import io.stablesr.restore.TileSweep.Plane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The autoencoder for pictures that are never whole in memory (docs/tiling.md): tiles read their
 * region from a source that computes it on demand and hand over their core. The statistics of the
 * normalisations are found on tiles that stand for the picture; then one sweep over all tiles gives
 * the result, where {@link TiledAutoencoder} makes all its sweeps over the whole picture.
 *
 * <p>Where the middle has attention, what lies at latent resolution is whole all the same: on the
 * heap while encoding, on the device in both directions.
 */
final class StripAutoencoder {
  /** Largest change of statistics in standard deviations: well below what the sampling costs. */
  private static final double SAMPLE_TOLERANCE = 1e-3;

  private final TensorEngine engine;
  private final AutoencoderConfig config;
  private final AutoencoderNetworks networks;
  private final Sample sample;

  /**
   * What stands for a picture. Many small cores say more about it than few large ones; smaller ones
   * than this would be mostly halo.
   *
   * @param count tiles
   * @param coreLatents longest side of their cores
   */
  record Sample(int count, int coreLatents) {
    static final Sample DEFAULT = new Sample(128, 32);

    /** The tiles: all of them where the sample would be no smaller than the picture. */
    List<TilePlan.Tile> tiles(Window canvas, int tileLatents, int halo) {
      return isLessThan(canvas.height(), canvas.width())
          ? TilePlan.sample(
              canvas.height(), canvas.width(), sampleLatents(tileLatents, halo), halo, count)
          : TilePlan.of(canvas.height(), canvas.width(), tileLatents, halo);
    }

    /** Latents that the network sees in one sweep over the sample. */
    double regionLatents(int height, int width, int tileLatents, int halo) {
      double side = sampleLatents(tileLatents, halo);
      return isLessThan(height, width)
          ? count * Math.min(height, side) * Math.min(width, side)
          : TilePlan.regionLatents(height, width, tileLatents, halo);
    }

    private boolean isLessThan(int height, int width) {
      return (long) count * coreLatents * coreLatents < (long) height * width;
    }

    private int sampleLatents(int tileLatents, int halo) {
      return Math.min(tileLatents, coreLatents + 2 * halo);
    }
  }

  StripAutoencoder(
      TensorEngine engine, AutoencoderConfig config, AutoencoderNetworks networks, Sample sample) {
    this.engine = engine;
    this.config = config;
    this.networks = networks;
    this.sample = sample;
  }

  /**
   * Encodes.
   *
   * @param source regions {@code [1,3,f*h,f*w]} in -1..1
   * @param moments gets {@code [1,8,h,w]}
   * @return what decoding may begin with
   */
  PictureStatistics encode(Window canvas, Plane source, int tilePixels, Cores moments) {
    Map<String, Plane> planes = Map.of("source", source);
    if (config.middleAttention() == MiddleAttention.NONE) {
      return run(
          Part.ENCODER_WINDOW,
          canvas,
          tilePixels,
          new Arguments(planes, Map.of()),
          PictureStatistics.UNKNOWN,
          moments);
    }
    int channels = config.channels(config.levels() - 1);
    FloatTensor body = FloatTensor.zeros(1, channels, canvas.height(), canvas.width());
    PictureStatistics statistics =
        run(
            Part.ENCODER_BODY,
            canvas,
            tilePixels,
            new Arguments(planes, Map.of()),
            PictureStatistics.UNKNOWN,
            Cores.into(body, 1));
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> whole = Map.of("body", scope.upload(body));
      moments.put(
          new TilePlan.Tile(canvas, canvas),
          networks.get(Part.ENCODER_TAIL).run(scope, whole).get("moments").download());
    }
    return statistics;
  }

  /**
   * Decodes.
   *
   * @param source as for encoding
   * @param latent regions {@code [1,4,h,w]}, unscaled
   * @param encoded what encoding returned
   * @param fusionWeight CFW weight w in 0..1; with 0 the fusion is not computed
   * @param picture gets {@code [1,3,f*h,f*w]} around -1..1
   */
  void decode(
      Window canvas,
      Plane source,
      Plane latent,
      PictureStatistics encoded,
      double fusionWeight,
      int tilePixels,
      Cores picture) {
    boolean fuses = fusionWeight != 0;
    try (TensorScope scope = engine.scope()) {
      Map<String, Plane> planes = new HashMap<>();
      Map<String, DeviceTensor> constants = new HashMap<>();
      if (fuses) {
        planes.put("source", source);
        constants.put("w", scope.upload(new float[] {(float) fusionWeight}, 1));
      }
      Part part;
      if (config.middleAttention() == MiddleAttention.NONE) {
        part = fuses ? Part.FUSING_DECODER_WINDOW : Part.DECODER_WINDOW;
        planes.put("latent", latent);
      } else {
        part = fuses ? Part.FUSING_DECODER_BODY : Part.DECODER_BODY;
        planes.put("head", Plane.of(head(scope, latent, canvas), 1));
      }
      run(part, canvas, tilePixels, new Arguments(planes, constants), encoded, picture);
    }
  }

  private DeviceTensor head(TensorScope results, Plane latent, Window canvas) {
    try (TensorScope inputs = engine.scope()) {
      Map<String, DeviceTensor> arguments = Map.of("latent", latent.region(inputs, canvas));
      return networks.get(Part.DECODER_HEAD).run(results, arguments).get("head");
    }
  }

  private PictureStatistics run(
      Part part,
      Window canvas,
      int tilePixels,
      Arguments arguments,
      PictureStatistics known,
      Cores cores) {
    int halo = networks.haloLatents(part);
    int tile = tilePixels / config.downsampling();
    TilePlan.requireRoom(tilePixels, halo, config.downsampling());
    TileSweep sweep = new TileSweep(engine, networks.get(part), config.normGroups());
    PictureStatistics statistics =
        sweep.settle(
            sample.tiles(canvas, tile, halo), arguments, known, SAMPLE_TOLERANCE, Cores.NONE);
    sweep.evaluate(
        TilePlan.of(canvas.height(), canvas.width(), tile, halo), arguments, statistics, cores);
    return statistics;
  }
}
