package io.stablesr.metric;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageNames;
import io.stablesr.image.PicturesByStem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The scores of the pictures of a folder.
 *
 * @param rows in the order of the stems
 * @param fid Fréchet distance to the true pictures; empty where it was not computed
 * @param alone stems of results without a true picture
 * @param unseen for each folder of inputs or of other seeds the stems that it lacks
 */
public record FolderScores(
    List<Row> rows, OptionalDouble fid, List<String> alone, Map<Path, List<String>> unseen) {
  /**
   * Where pictures of the same stem lie.
   *
   * @param results to be scored
   * @param reference true pictures
   * @param inputs what the results were made from
   * @param otherSeeds results of the same inputs with other seeds
   */
  public record Folders(
      Path results, Optional<Path> reference, Optional<Path> inputs, List<Path> otherSeeds) {
    /** Copies the list. */
    public Folders {
      otherSeeds = List.copyOf(otherSeeds);
    }
  }

  /**
   * One picture.
   *
   * @param stem its name without extension
   * @param height in pixels
   * @param width in pixels
   * @param scores by metric
   * @param disagreement where other seeds disagree most
   * @param error why it lacks scores
   */
  public record Row(
      String stem,
      int height,
      int width,
      Map<MetricKind, Double> scores,
      Optional<SeedDisagreement> disagreement,
      Optional<String> error) {
    /** Copies the scores. */
    public Row {
      scores = Map.copyOf(scores);
    }
  }

  /** Copies the lists. */
  public FolderScores {
    rows = List.copyOf(rows);
    alone = List.copyOf(alone);
    unseen = Map.copyOf(unseen);
  }

  /**
   * Scores every picture of a folder; those of the same stem belong together. A result whose input
   * or whose other seeds are not there lacks the metrics that compare with them.
   *
   * @param listener sees each row when it is there
   * @throws StableSrException INPUT_NOT_FOUND where there is no picture, or none with a true one;
   *     MANIFEST where two pictures have the same stem
   */
  public static FolderScores of(
      MetricSet metrics, ImageDecoder decoder, Folders folders, Consumer<Row> listener) {
    Map<String, Path> pictures = stems(folders.results());
    Optional<Map<String, Path>> truths = folders.reference().map(FolderScores::stems);
    Optional<Map<String, Path>> inputs = folders.inputs().map(FolderScores::stems);
    List<Map<String, Path>> seeds = folders.otherSeeds().stream().map(FolderScores::stems).toList();
    List<Row> rows = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    for (Map.Entry<String, Path> entry : pictures.entrySet()) {
      String stem = entry.getKey();
      Optional<Path> truth = truths.map(all -> all.get(stem));
      if (truths.isPresent() && truth.isEmpty()) {
        alone.add(stem);
        continue;
      }
      List<Path> others =
          seeds.stream().map(all -> all.get(stem)).filter(Objects::nonNull).toList();
      Stem files =
          new Stem(
              entry.getValue(),
              truth,
              inputs.map(all -> all.get(stem)),
              others.size() == seeds.size() ? others : List.of());
      Row row = row(metrics, decoder, stem, files, features);
      rows.add(row);
      listener.accept(row);
    }
    if (rows.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s has no picture whose name without extension is also in %s."
              .formatted(
                  folders.results(), folders.reference().map(Path::toString).orElse("itself")));
    }
    return new FolderScores(
        rows, fid(metrics, decoder, truths, features), alone, unseen(folders, rows));
  }

  private static Map<Path, List<String>> unseen(Folders folders, List<Row> rows) {
    Map<Path, List<String>> unseen = new LinkedHashMap<>();
    Stream.concat(folders.inputs().stream(), folders.otherSeeds().stream())
        .forEach(
            folder -> {
              Map<String, Path> there = stems(folder);
              List<String> lacking =
                  rows.stream().map(Row::stem).filter(stem -> !there.containsKey(stem)).toList();
              if (!lacking.isEmpty()) {
                unseen.put(folder, lacking);
              }
            });
    return unseen;
  }

  /** The files of one stem. */
  private record Stem(
      Path result, Optional<Path> truth, Optional<Path> input, List<Path> otherSeeds) {
    MetricSet.Views read(ImageDecoder decoder) {
      return new MetricSet.Views(
          FolderScores.read(decoder, result),
          truth.map(path -> FolderScores.read(decoder, path)),
          input.map(path -> FolderScores.read(decoder, path)),
          otherSeeds.stream().map(path -> FolderScores.read(decoder, path)).toList());
    }
  }

  private static Row row(
      MetricSet metrics, ImageDecoder decoder, String stem, Stem files, List<float[]> features) {
    try {
      MetricSet.Views views = files.read(decoder);
      FloatTensor picture = views.picture();
      MetricSet.Scores scores = metrics.score(views);
      metrics.frechetFeatures(picture).ifPresent(features::add);
      return new Row(
          stem,
          picture.dim(1),
          picture.dim(2),
          scores.values(),
          scores.disagreement(),
          scores.failure());
    } catch (StableSrException | IllegalArgumentException e) {
      return new Row(stem, 0, 0, Map.of(), Optional.empty(), Optional.of(e.getMessage()));
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
    PicturesByStem<Path> stems = new PicturesByStem<>(path -> path);
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(FolderScores::isPicture)
          .sorted()
          .forEach(file -> stems.add(file.getFileName().toString(), file));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The folder %s cannot be listed: it does not exist or is not readable.".formatted(folder),
          e);
    }
    return stems.found();
  }

  private static boolean isPicture(Path file) {
    return Files.isRegularFile(file) && ImageNames.isImage(file.getFileName().toString());
  }
}
