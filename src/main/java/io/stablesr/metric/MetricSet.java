package io.stablesr.metric;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.TensorEngine;
import io.stablesr.network.PerceptualTrunk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Metrics that are ready to score pictures. A metric whose weight files are not in the folder is
 * left out and named by {@link #missing}; it is never zero. By one thread at a time.
 */
public final class MetricSet implements AutoCloseable {
  private final Protocol protocol;
  private final Map<MetricKind, PairMetric> pairs = new EnumMap<>(MetricKind.class);
  private final Map<MetricKind, PairMetric> reductions = new EnumMap<>(MetricKind.class);
  private final Map<MetricKind, PictureMetric> pictures = new EnumMap<>(MetricKind.class);
  private final Map<MetricKind, List<MetricFile>> missing = new EnumMap<>(MetricKind.class);
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private final Map<String, String> weightsSha256 = new TreeMap<>();
  private boolean comparesSeeds;
  private Optional<FrechetFeatures> frechet = Optional.empty();

  /**
   * What figures depend on besides the pictures.
   *
   * @param color that PSNR and SSIM see
   * @param borderPixels left out on each side by PSNR and SSIM
   * @param tiles where seams are looked for
   */
  public record Protocol(MetricColor color, int borderPixels, TileBorders tiles) {
    /** That of the published tables: studio-range luma, no border. */
    public static final Protocol PUBLISHED = new Protocol(MetricColor.YCBCR_LUMA, 0);

    /** What is rounded to 8-bit levels before it is compared. */
    public static final String ROUNDING = "psnr: no; ssim, ms-ssim, niqe: luma";

    /** With tiles of the standard size. */
    public Protocol(MetricColor color, int borderPixels) {
      this(color, borderPixels, TileBorders.STANDARD);
    }

    /** Checks the border. */
    public Protocol {
      if (borderPixels < 0) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The border must be 0 pixels or more, but is %d.".formatted(borderPixels));
      }
    }
  }

  /**
   * A result and what it may be compared with; of one size each but for the input.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param truth the true picture
   * @param input what the result was made from, {@code [3,h,w]}
   * @param otherSeeds results of the same input with other seeds
   */
  public record Views(
      FloatTensor picture,
      Optional<FloatTensor> truth,
      Optional<FloatTensor> input,
      List<FloatTensor> otherSeeds) {
    /** Copies the list. */
    public Views {
      otherSeeds = List.copyOf(otherSeeds);
    }
  }

  /**
   * @param engine stays open as long as this
   * @param kinds wanted metrics
   * @param weights folder of weight files under their published names
   * @throws StableSrException CHECKPOINT_CORRUPT, CHECKPOINT_KEYS where a file is not what its name
   *     says
   */
  public MetricSet(
      TensorEngine engine,
      Collection<MetricKind> kinds,
      Protocol protocol,
      Optional<Path> weights) {
    this.protocol = protocol;
    boolean opened = false;
    try {
      for (MetricKind kind : kinds) {
        Map<MetricFile, Path> found = find(kind, weights);
        if (found.size() < kind.files().size()) {
          missing.put(
              kind, kind.files().stream().filter(file -> !found.containsKey(file)).toList());
        } else {
          open(engine, kind, found);
          found.values().forEach(this::digest);
        }
      }
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private static Map<MetricFile, Path> find(MetricKind kind, Optional<Path> weights) {
    Map<MetricFile, Path> found = new EnumMap<>(MetricFile.class);
    for (MetricFile file : kind.files()) {
      weights
          .map(folder -> folder.resolve(file.fileName()))
          .filter(Files::isRegularFile)
          .ifPresent(path -> found.put(file, path));
    }
    return found;
  }

  private void open(TensorEngine engine, MetricKind kind, Map<MetricFile, Path> files) {
    switch (kind) {
      case PSNR -> pairs.put(kind, new Psnr(protocol.color(), protocol.borderPixels()));
      case SSIM -> pairs.put(kind, new Ssim(protocol.color(), protocol.borderPixels()));
      case MS_SSIM -> pairs.put(kind, new MsSsim(protocol.color(), protocol.borderPixels()));
      case LAB_SHIFT -> pairs.put(kind, new LabShift());
      case CONSISTENCY ->
          reductions.put(kind, new Consistency(protocol.color(), protocol.borderPixels()));
      case SEAM -> pictures.put(kind, new SeamScore(protocol.tiles()));
      case SEED_DISAGREEMENT -> comparesSeeds = true;
      case NIQE_FREE -> {
        pictures.put(kind, new Niqe(NiqeModel.free()));
        weightsSha256.put(NiqeModel.OWN, NiqeModel.freeSha256());
      }
      case NIQE -> pictures.put(kind, new Niqe(niqe(files.get(MetricFile.NIQE))));
      case LPIPS_ALEX ->
          pairs.put(
              kind,
              lpips(
                  engine,
                  PerceptualTrunk.ALEX,
                  files.get(MetricFile.ALEXNET),
                  files.get(MetricFile.LPIPS_ALEX)));
      case LPIPS_VGG ->
          pairs.put(
              kind,
              lpips(
                  engine,
                  PerceptualTrunk.VGG16,
                  files.get(MetricFile.VGG16),
                  files.get(MetricFile.LPIPS_VGG)));
      case DISTS ->
          pairs.put(
              kind,
              kept(
                  new Dists(
                      engine,
                      weights(files.get(MetricFile.VGG16)),
                      weights(files.get(MetricFile.DISTS)))));
      case MUSIQ ->
          pictures.put(kind, kept(new Musiq(engine, weights(files.get(MetricFile.MUSIQ)))));
      case CLIP_IQA, CLIP_IQA_OFFICIAL ->
          pictures.put(
              kind,
              kept(
                  new ClipIqa(
                      engine,
                      weights(files.get(MetricFile.CLIP_RN50)),
                      kind == MetricKind.CLIP_IQA ? ClipIqa.FIVE_PAIRS : ClipIqa.OFFICIAL_PAIR)));
      case FID ->
          frechet =
              Optional.of(
                  kept(new FrechetFeatures(engine, weights(files.get(MetricFile.INCEPTION)))));
    }
  }

  private Lpips lpips(TensorEngine engine, PerceptualTrunk trunk, Path convolutions, Path heads) {
    return kept(new Lpips(engine, trunk, weights(convolutions), weights(heads), TrunkInput.LPIPS));
  }

  private Weights weights(Path file) {
    return Weights.of(kept(Checkpoint.open(file)));
  }

  private static NiqeModel niqe(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      return NiqeModel.read(stream);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void digest(Path file) {
    String name = file.getFileName().toString();
    if (!weightsSha256.containsKey(name)) {
      try {
        weightsSha256.put(name, Digests.sha256(file));
      } catch (IOException e) {
        throw new StableSrException(
            ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
      }
    }
  }

  private <T extends AutoCloseable> T kept(T resource) {
    resources.push(resource);
    return resource;
  }

  /** What figures depend on besides the pictures. */
  public Protocol protocol() {
    return protocol;
  }

  /** SHA-256 of the weight files in use by their names. */
  public Map<String, String> weightsSha256() {
    return Collections.unmodifiableMap(weightsSha256);
  }

  /** Wanted metrics that cannot be computed, with the files that are not there. */
  public Map<MetricKind, List<MetricFile>> missing() {
    return Map.copyOf(missing);
  }

  /**
   * What was found of a result.
   *
   * @param values by metric; those without what they compare with are left out
   * @param disagreement where seeds disagree most; empty where it was not wanted or there is one
   *     seed only
   * @param failures why a metric has no value, as where a picture is too small for its blocks
   */
  public record Scores(
      Map<MetricKind, Double> values,
      Optional<SeedDisagreement> disagreement,
      Map<MetricKind, String> failures) {
    /** Copies the maps. */
    public Scores {
      values = Map.copyOf(values);
      failures = Map.copyOf(failures);
    }

    /** One sentence per reason, without a repetition; empty where nothing failed. */
    public Optional<String> failure() {
      return failures.isEmpty()
          ? Optional.empty()
          : Optional.of(
              String.join("; ", new TreeMap<>(failures).values().stream().distinct().toList()));
    }
  }

  /** The scores of a result. A metric that fails takes nothing from the others. */
  public Scores score(Views views) {
    Map<MetricKind, Double> scores = new EnumMap<>(MetricKind.class);
    Map<MetricKind, String> failures = new EnumMap<>(MetricKind.class);
    FloatTensor picture = views.picture();
    Map<MetricKind, Supplier<Double>> wanted = new EnumMap<>(MetricKind.class);
    views
        .truth()
        .ifPresent(
            truth ->
                pairs.forEach(
                    (kind, metric) -> wanted.put(kind, () -> metric.score(picture, truth))));
    views
        .input()
        .ifPresent(
            input ->
                reductions.forEach(
                    (kind, metric) -> wanted.put(kind, () -> metric.score(picture, input))));
    pictures.forEach((kind, metric) -> wanted.put(kind, () -> metric.score(picture)));
    wanted.forEach(
        (kind, metric) ->
            attempt(kind, metric, failures).ifPresent(score -> scores.put(kind, score)));
    Optional<SeedDisagreement> disagreement =
        attempt(MetricKind.SEED_DISAGREEMENT, () -> disagreement(views), failures)
            .flatMap(most -> most)
            .filter(most -> !Double.isNaN(most.deviation()));
    disagreement.ifPresent(most -> scores.put(MetricKind.SEED_DISAGREEMENT, most.deviation()));
    // A picture without inner tile borders has no seam.
    scores.values().removeIf(value -> value.isNaN());
    return new Scores(scores, disagreement, failures);
  }

  private static <T> Optional<T> attempt(
      MetricKind kind, Supplier<T> metric, Map<MetricKind, String> failures) {
    try {
      return Optional.of(metric.get());
    } catch (StableSrException | IllegalArgumentException e) {
      failures.put(kind, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<SeedDisagreement> disagreement(Views views) {
    if (!comparesSeeds || views.otherSeeds().isEmpty()) {
      return Optional.empty();
    }
    List<FloatTensor> all = new ArrayList<>(views.otherSeeds());
    all.add(views.picture());
    return Optional.of(SeedDisagreement.of(all));
  }

  /** Features for the Fréchet distance; empty where it was not wanted or cannot be computed. */
  public Optional<float[]> frechetFeatures(FloatTensor picture) {
    return frechet.map(network -> network.of(picture));
  }

  /** The Fréchet distance of two sets of features. */
  public static double frechetDistance(List<float[]> one, List<float[]> other) {
    return FrechetDistance.of(matrix(one), matrix(other));
  }

  private static FloatTensor matrix(List<float[]> rows) {
    int width = rows.isEmpty() ? 0 : rows.get(0).length;
    FloatTensor matrix = FloatTensor.zeros(rows.size(), width);
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, matrix.data(), i * width, width);
    }
    return matrix;
  }

  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INTERNAL, "A metric could not be closed.", failures.get(0));
    }
  }
}
