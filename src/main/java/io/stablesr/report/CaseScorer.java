package io.stablesr.report;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.metric.MetricSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Scores results whose rows bring no scores. */
public final class CaseScorer {
  private static final String PROTOCOL =
      "computed for this report, psnr and ssim of studio-range luma without a border";

  private final MetricSet metrics;
  private final PictureSource source;
  private final ImageDecoder decoder;
  private final int images;
  private final Consumer<String> listener;

  /**
   * @param metrics wanted ones
   * @param images how many images are scored at most
   * @param maxPixels larger pictures are not decoded
   * @param listener gets a sentence for each picture that cannot be scored
   */
  public CaseScorer(
      MetricSet metrics,
      PictureSource source,
      int images,
      long maxPixels,
      Consumer<String> listener) {
    this.metrics = metrics;
    this.source = source;
    this.decoder = new ImageDecoder(new DecodeLimits(maxPixels));
    this.images = images;
    this.listener = listener;
  }

  /** The same rows with scores; as they are where a row has scores already. */
  public ReportTable score(ReportTable table) {
    if (!table.metrics().isEmpty()) {
      return table;
    }
    Set<String> chosen = new HashSet<>(chosen(table));
    return table.map(
        one ->
            one.isDone() && chosen.contains(one.imageId())
                ? one.withScores(scores(one), PROTOCOL)
                : one);
  }

  /** Images that all methods have come first: others cannot be compared. */
  private List<String> chosen(ReportTable table) {
    List<String> common = table.common();
    return Spread.over(common.isEmpty() ? List.copyOf(table.images()) : common, images);
  }

  private Map<String, Double> scores(ReportCase one) {
    try {
      FloatTensor result = picture(one.files().output());
      Optional<FloatTensor> truth = Optional.empty();
      if (!one.files().truth().isEmpty()) {
        truth = Optional.of(picture(one.files().truth()));
        requireSameSize(one, result, truth.orElseThrow());
      }
      MetricSet.Scores scores =
          metrics.score(new MetricSet.Views(result, truth, Optional.empty(), List.of()));
      scores
          .failure()
          .ifPresent(why -> listener.accept("%s lacks a score: %s".formatted(one.imageId(), why)));
      Map<String, Double> named = new LinkedHashMap<>();
      new TreeMap<>(scores.values()).forEach((kind, score) -> named.put(kind.label(), score));
      return named;
    } catch (StableSrException | IllegalArgumentException e) {
      listener.accept("%s is not scored: %s".formatted(one.imageId(), e.getMessage()));
      return Map.of();
    }
  }

  private static void requireSameSize(ReportCase one, FloatTensor result, FloatTensor truth) {
    if (!result.sameShape(truth)) {
      throw new IllegalArgumentException(
          "the result has %dx%d pixels, its reference %s %dx%d."
              .formatted(
                  result.dim(2), result.dim(1), one.files().truth(), truth.dim(2), truth.dim(1)));
    }
  }

  private FloatTensor picture(String uri) {
    return decoder.decode(uri, source.read(uri)).rgb();
  }
}
