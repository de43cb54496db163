package io.stablesr.metric;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The scores of the pictures of a folder.
 *
 * @param rows in the order of the stems
 * @param fid Fréchet distance to the true pictures; empty where it was not computed
 * @param alone stems of results without a true picture
 */
public record FolderScores(List<Row> rows, OptionalDouble fid, List<String> alone) {
  /**
   * One picture.
   *
   * @param stem its name without extension
   * @param height in pixels
   * @param width in pixels
   * @param scores by metric
   * @param error why it has no scores
   */
  public record Row(
      String stem, int height, int width, Map<MetricKind, Double> scores, Optional<String> error) {
    /** Copies the scores. */
    public Row {
      scores = Map.copyOf(scores);
    }
  }

  /** Copies the lists. */
  public FolderScores {
    rows = List.copyOf(rows);
    alone = List.copyOf(alone);
  }

  /**
   * Scores every picture of a folder; those of the same stem are a pair.
   *
   * @param reference folder of true pictures; without one only metrics of single pictures are
   *     computed
   * @param listener sees each row when it is there
   * @throws StableSrException INPUT_NOT_FOUND where there is no picture, or none with a true one;
   *     MANIFEST where two pictures have the same stem
   */
  public static FolderScores of(
      MetricSet metrics,
      ImageDecoder decoder,
      Path results,
      Optional<Path> reference,
      Consumer<Row> listener) {
    Map<String, Path> pictures = stems(results);
    Optional<Map<String, Path>> truths = reference.map(FolderScores::stems);
    List<Row> rows = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    for (Map.Entry<String, Path> entry : pictures.entrySet()) {
      Optional<Path> truth = truths.map(all -> all.get(entry.getKey()));
      if (truths.isPresent() && truth.isEmpty()) {
        alone.add(entry.getKey());
        continue;
      }
      Row row = row(metrics, decoder, entry.getKey(), entry.getValue(), truth, features);
      rows.add(row);
      listener.accept(row);
    }
    if (rows.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s has no picture whose name without extension is also in %s."
              .formatted(results, reference.map(Path::toString).orElse("itself")));
    }
    return new FolderScores(rows, fid(metrics, decoder, truths, features), alone);
  }

  private static Row row(
      MetricSet metrics,
      ImageDecoder decoder,
      String stem,
      Path file,
      Optional<Path> truth,
      List<float[]> features) {
    try {
      FloatTensor picture = read(decoder, file);
      Optional<FloatTensor> known = truth.map(path -> read(decoder, path));
      metrics.frechetFeatures(picture).ifPresent(features::add);
      return new Row(
          stem, picture.dim(1), picture.dim(2), metrics.score(picture, known), Optional.empty());
    } catch (StableSrException | IllegalArgumentException e) {
      return new Row(stem, 0, 0, Map.of(), Optional.of(e.getMessage()));
    }
  }

  private static OptionalDouble fid(
      MetricSet metrics,
      ImageDecoder decoder,
      Optional<Map<String, Path>> truths,
      List<float[]> features) {
    if (features.isEmpty() || truths.isEmpty()) {
      return OptionalDouble.empty();
    }
    List<float[]> others = new ArrayList<>();
    for (Path truth : truths.get().values()) {
      metrics.frechetFeatures(read(decoder, truth)).ifPresent(others::add);
    }
    return OptionalDouble.of(MetricSet.frechetDistance(features, others));
  }

  private static FloatTensor read(ImageDecoder decoder, Path file) {
    try {
      return decoder.decode(file.toString(), Files.readAllBytes(file)).rgb();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Files with the extension of a picture, by their names without it. */
  private static Map<String, Path> stems(Path folder) {
    Map<String, Path> stems = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(FolderScores::isPicture).sorted().toList()) {
        String name = file.getFileName().toString();
        Path before = stems.put(ImageNames.withoutExtension(name), file);
        if (before != null) {
          throw new StableSrException(
              ErrorCode.MANIFEST,
              "%s and %s have the same name without extension; keep one of them."
                  .formatted(before, file));
        }
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The folder %s cannot be listed: it does not exist or is not readable.".formatted(folder),
          e);
    }
    return stems;
  }

  private static boolean isPicture(Path file) {
    return Files.isRegularFile(file) && ImageNames.isImage(file.getFileName().toString());
  }
}
