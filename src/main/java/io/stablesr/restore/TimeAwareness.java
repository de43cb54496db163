package io.stablesr.restore;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.GuidanceBranch;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.image.Borders;
import io.stablesr.network.ConditionEncoder;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.Unet;
import io.stablesr.restore.EncodedPicture.Features;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the time-aware encoder does to the denoiser in the course of sampling (StableSR, section 3.1
 * and its figure of features before and after SFT): cosine similarities and feature maps.
 *
 * <p>Only the middle of a picture is looked at, one tile of it. The networks run in fp32.
 */
public final class TimeAwareness implements AutoCloseable {
  /** The published model has 6 MB of maps per step. */
  private static final int MOST_STEPS = 200;

  private static final String MODULATION = ".spade";
  private static final String BEFORE = ".out_layers.3";

  private final ModelDescription model;
  private final ModelBundle.OpenWeights files;
  private final NoiseSchedule schedule;
  private final TensorEngine engine;
  private final FloatTensor context;
  private final List<String> blocks;
  private final List<String> conditions;
  private final CompiledNetwork denoiser;
  private final TiledAutoencoder autoencoder;

  /** What a cosine similarity compares. */
  public enum Comparison {
    /** Features of a residual block of the denoiser before and after SFT. */
    MODULATION,
    /** A feature map of the time-aware encoder with that of the last step. */
    CONDITION
  }

  /**
   * A cosine similarity at one step.
   *
   * @param comparison what it compares
   * @param layer name of the block or map in the checkpoint
   * @param level resolution, 0 is the largest; each further one has half of it
   * @param step 0 is the first
   * @param timestep original timestep, 0..999
   * @param snrDecibels signal-to-noise ratio of x_t, {@code 10 log10(a/(1-a))} with a = alpha_bar_t
   * @param cosine over all channels and places, -1..1
   */
  public record Similarity(
      Comparison comparison,
      String layer,
      int level,
      int step,
      int timestep,
      double snrDecibels,
      double cosine) {}

  /**
   * A feature map of the time-aware encoder.
   *
   * @param level resolution, 0 is the largest
   * @param timestep at which it was computed
   * @param strength length of the feature vector at each place {@code [h,w]}
   */
  public record Strength(int level, int timestep, FloatTensor strength) {}

  /** All that was seen of a picture, in the order of the steps. */
  public record Analysis(List<Similarity> similarities, List<Strength> strengths) {
    /** Keeps copies. */
    public Analysis {
      similarities = List.copyOf(similarities);
      strengths = List.copyOf(strengths);
    }
  }

  /**
   * Loads a model.
   *
   * @param engine device; stays open
   * @throws StableSrException CHECKPOINT_KEYS when weights are missing or of another shape
   */
  public TimeAwareness(ModelBundle bundle, TensorEngine engine) {
    this.model = bundle.description();
    this.engine = engine;
    this.schedule = model.schedule();
    this.files = bundle.openWeights();
    boolean opened = false;
    try {
      Weights weights = files.weights();
      try (PromptContexts contexts =
          new PromptContexts(model, weights, engine, CompileOptions.EXACT)) {
        this.context = contexts.of("");
      }
      Graph graph = new Graphs(model.architecture()).denoiser(Extent.TILE);
      this.blocks =
          graph.names().keySet().stream()
              .filter(name -> name.startsWith(Unet.SCOPE.prefix()) && name.endsWith(MODULATION))
              .map(name -> name.substring(0, name.length() - MODULATION.length()))
              .toList();
      this.conditions =
          graph.names().keySet().stream()
              .filter(name -> name.matches(ConditionEncoder.SCOPE.prefix() + "\\.fea_tran\\.\\d+"))
              .toList();
      List<String> taps = new ArrayList<>(conditions);
      blocks.forEach(block -> taps.addAll(List.of(block + BEFORE, block + MODULATION)));
      this.autoencoder =
          new TiledAutoencoder(engine, model.architecture(), weights, CompileOptions.EXACT);
      // Last, as it alone takes native memory at once.
      this.denoiser = engine.compile(graph.withTaps(taps), weights, CompileOptions.EXACT);
      opened = true;
    } finally {
      if (!opened) {
        files.close();
      }
    }
  }

  /**
   * Restores the middle of a picture and looks on.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param scale enlargement, 4 as published
   * @param sampling how; guidance and tiles play no part
   * @param noise of the picture
   * @throws StableSrException CONFIG with more than 200 steps
   */
  public Analysis analyse(
      FloatTensor picture, double scale, SamplingOptions sampling, NoiseSource noise) {
    if (sampling.steps() > MOST_STEPS) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "sampling.steps is %d; the maps of at most %d steps are kept, so give --steps %d or less."
              .formatted(sampling.steps(), MOST_STEPS, MOST_STEPS));
    }
    FloatTensor tile = tile(picture, scale);
    FloatTensor zLr;
    try (EncodedPicture encoded =
        autoencoder.encode(tile, Math.max(tile.dim(2), tile.dim(3)), Features.DROP)) {
      FloatTensor moments = encoded.moments();
      zLr =
          LatentScaling.of(model)
              .latent(moments, Window.whole(moments.dim(2), moments.dim(3)), noise);
    }
    Watch watch = new Watch(zLr);
    LatentSampler sampler =
        new LatentSampler(schedule, model.parameterization(), model.tileLatents(), watch::predict);
    sampler.sample(LatentRequest.of(zLr, sampling, noise), SamplingListener.NONE);
    return watch.analysis();
  }

  /** The middle of the enlarged picture {@code [1,3,S,S']}, at most one tile, in -1..1. */
  private FloatTensor tile(FloatTensor picture, double scale) {
    int side = Math.max(1, (int) Math.floor(model.tilePixels() / scale));
    int height = Math.min(side, picture.dim(1));
    int width = Math.min(side, picture.dim(2));
    FloatTensor middle =
        Borders.crop(
            picture, (picture.dim(1) - height) / 2, (picture.dim(2) - width) / 2, height, width);
    WorkGeometry geometry = model.geometry();
    FloatTensor work = geometry.enter(middle, geometry.plan(height, width, scale));
    int tallest = Math.min(model.tilePixels(), work.dim(1));
    int widest = Math.min(model.tilePixels(), work.dim(2));
    return Borders.crop(
            work, (work.dim(1) - tallest) / 2, (work.dim(2) - widest) / 2, tallest, widest)
        .reshape(1, 3, tallest, widest);
  }

  /** Cosine of the angle between two tensors as vectors; 1 where one of them is zero. */
  static double cosine(FloatTensor a, FloatTensor b) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.size(); i++) {
      product += (double) a.data()[i] * b.data()[i];
      first += (double) a.data()[i] * a.data()[i];
      second += (double) b.data()[i] * b.data()[i];
    }
    double lengths = Math.sqrt(first) * Math.sqrt(second);
    return lengths == 0 ? 1 : product / lengths;
  }

  /** Length of the feature vector at each place, {@code [h,w]} of {@code [1,C,h,w]}. */
  static FloatTensor strength(FloatTensor features) {
    int plane = features.dim(2) * features.dim(3);
    FloatTensor strength = FloatTensor.zeros(features.dim(2), features.dim(3));
    for (int i = 0; i < plane; i++) {
      double sum = 0;
      for (int c = 0; c < features.dim(1); c++) {
        double value = features.data()[c * plane + i];
        sum += value * value;
      }
      strength.data()[i] = (float) Math.sqrt(sum);
    }
    return strength;
  }

  @Override
  public void close() {
    autoencoder.close();
    denoiser.close();
    files.close();
  }

  /** Evaluates the denoiser of one picture and keeps what was seen. */
  private final class Watch {
    private final List<Similarity> similarities = new ArrayList<>();
    private final List<Integer> timesteps = new ArrayList<>();
    private final Map<String, List<FloatTensor>> maps = new LinkedHashMap<>();
    private final FloatTensor canvas;

    Watch(FloatTensor canvas) {
      this.canvas = canvas;
    }

    private List<FloatTensor> predict(
        FloatTensor x, FloatTensor zLr, int timestep, List<GuidanceBranch> branches) {
      try (TensorScope scope = engine.scope()) {
        Map<String, DeviceTensor> results =
            denoiser.run(
                scope,
                Map.of(
                    "x", scope.upload(x),
                    "z", scope.upload(zLr),
                    "t", scope.upload(new float[] {timestep}, 1),
                    "context", scope.upload(context)));
        for (String block : blocks) {
          FloatTensor after = results.get(block + MODULATION).download();
          double cosine = cosine(results.get(block + BEFORE).download(), after);
          similarities.add(seen(Comparison.MODULATION, block, level(x, after), timestep, cosine));
        }
        for (String condition : conditions) {
          maps.computeIfAbsent(condition, name -> new ArrayList<>())
              .add(results.get(condition).download());
        }
        timesteps.add(timestep);
        FloatTensor out = results.get("out").download();
        return branches.stream().map(branch -> out).toList();
      }
    }

    private Similarity seen(
        Comparison comparison, String layer, int level, int timestep, double cosine) {
      return similarity(comparison, layer, level, timesteps.size(), timestep, cosine);
    }

    private Similarity similarity(
        Comparison comparison, String layer, int level, int step, int timestep, double cosine) {
      return new Similarity(
          comparison,
          layer,
          level,
          step,
          timestep,
          schedule.logSnr(timestep) * 10 / Math.log(10),
          cosine);
    }

    private Analysis analysis() {
      List<Strength> strengths = new ArrayList<>();
      for (Map.Entry<String, List<FloatTensor>> entry : maps.entrySet()) {
        List<FloatTensor> steps = entry.getValue();
        FloatTensor last = steps.get(steps.size() - 1);
        int level = level(canvas, last);
        for (int step = 0; step < steps.size(); step++) {
          int timestep = timesteps.get(step);
          double cosine = cosine(steps.get(step), last);
          similarities.add(
              similarity(Comparison.CONDITION, entry.getKey(), level, step, timestep, cosine));
          strengths.add(new Strength(level, timestep, strength(steps.get(step))));
        }
      }
      return new Analysis(similarities, strengths);
    }

    private int level(FloatTensor x, FloatTensor features) {
      return Integer.numberOfTrailingZeros(
          Integer.highestOneBit(Math.max(1, Math.round((float) x.dim(2) / features.dim(2)))));
    }
  }
}
