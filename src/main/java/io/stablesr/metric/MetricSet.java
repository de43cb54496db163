package io.stablesr.metric;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
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
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Metrics that are ready to score pictures. A metric whose weight files are not in the folder is
 * left out and named by {@link #missing}; it is never zero. By one thread at a time.
 */
public final class MetricSet implements AutoCloseable {
  private final Protocol protocol;
  private final Map<MetricKind, PairMetric> pairs = new EnumMap<>(MetricKind.class);
  private final Map<MetricKind, PictureMetric> pictures = new EnumMap<>(MetricKind.class);
  private final Map<MetricKind, List<MetricFile>> missing = new EnumMap<>(MetricKind.class);
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private Optional<FrechetFeatures> frechet = Optional.empty();

  /**
   * What figures depend on besides the pictures.
   *
   * @param color that PSNR and SSIM see
   * @param borderPixels left out on each side by PSNR and SSIM
   */
  public record Protocol(MetricColor color, int borderPixels) {
    /** That of the published tables: studio-range luma, no border. */
    public static final Protocol PUBLISHED = new Protocol(MetricColor.YCBCR_LUMA, 0);

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
      case NIQE_FREE -> pictures.put(kind, new Niqe(NiqeModel.free()));
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

  private <T extends AutoCloseable> T kept(T resource) {
    resources.push(resource);
    return resource;
  }

  /** What figures depend on besides the pictures. */
  public Protocol protocol() {
    return protocol;
  }

  /** Wanted metrics that cannot be computed, with the files that are not there. */
  public Map<MetricKind, List<MetricFile>> missing() {
    return Map.copyOf(missing);
  }

  /**
   * The scores of a picture, by metric.
   *
   * @param picture {@code [3,H,W]} in 0..1
   * @param truth of the same size; without it only metrics of single pictures are computed
   */
  public Map<MetricKind, Double> score(FloatTensor picture, Optional<FloatTensor> truth) {
    Map<MetricKind, Double> scores = new EnumMap<>(MetricKind.class);
    truth.ifPresent(
        known -> pairs.forEach((kind, metric) -> scores.put(kind, metric.score(picture, known))));
    pictures.forEach((kind, metric) -> scores.put(kind, metric.score(picture)));
    return scores;
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
