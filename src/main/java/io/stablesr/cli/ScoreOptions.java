package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ScoreSheet;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.metric.SeedDisagreement;
import io.stablesr.metric.TileBorders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is scored, and against what. */
final class ScoreOptions {
  @Option(
      names = "--results",
      paramLabel = "DIR",
      description = "Folder of pictures to score; required.")
  private Path results;

  @Option(
      names = "--reference",
      paramLabel = "DIR",
      description = "Folder of true pictures of the same size and name without extension.")
  private Path reference;

  @Option(
      names = "--inputs",
      paramLabel = "DIR",
      description = "Folder of what the results were made from, for consistency.")
  private Path inputs;

  @Option(
      names = "--seeds",
      paramLabel = "DIR",
      split = ",",
      description = "Folders of results of other seeds, for seed-disagreement.")
  private List<Path> seeds = new ArrayList<>();

  @Option(
      names = "--hallucination-threshold",
      paramLabel = "DEVIATION",
      description =
          "Pictures whose seeds disagree by more are marked, above 0 to 1 [default: 0.1].")
  private double threshold = SeedDisagreement.THRESHOLD;

  @Option(
      names = "--color",
      paramLabel = "COLOR",
      converter = ColorConverter.class,
      description = "What PSNR and SSIM see: ycbcr, yiq or rgb [default: ycbcr].")
  private MetricColor color = MetricColor.YCBCR_LUMA;

  @Option(
      names = "--border",
      paramLabel = "PIXELS",
      description = "Pixels that PSNR and SSIM leave out on each side [default: 0].")
  private int borderPixels;

  @Option(
      names = "--tile",
      paramLabel = "PIXELS",
      description = "Side of the tiles whose borders seam looks at [default: 512].")
  private int tilePixels = TileBorders.STANDARD.tilePixels();

  @Option(
      names = "--tile-overlap",
      paramLabel = "PIXELS",
      description = "Overlap of these tiles [default: 256].")
  private int overlapPixels = TileBorders.STANDARD.overlapPixels();

  /** Names of colours. */
  static final class ColorConverter implements ITypeConverter<MetricColor> {
    @Override
    public MetricColor convert(String text) {
      return Arrays.stream(MetricColor.values())
          .filter(color -> ScoreSheet.color(color).equals(text))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("'%s' is not ycbcr, yiq or rgb".formatted(text)));
    }
  }

  MetricSet.Protocol protocol() {
    return new MetricSet.Protocol(color, borderPixels, new TileBorders(tilePixels, overlapPixels));
  }

  ScoreSheet.Seeds seeds() {
    return new ScoreSheet.Seeds(seeds.size(), threshold);
  }

  /**
   * The folders.
   *
   * @throws StableSrException CONFIG where one is missing that a wanted metric compares with
   */
  FolderScores.Folders folders(Collection<MetricKind> kinds) {
    // Not required of picocli, which would also ask `metrics fetch-list` for it.
    if (results == null) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Missing --results: the folder of pictures to score.");
    }
    if (reference == null) {
      requireNone(kinds, "--reference", MetricKind.Subject.PAIR, MetricKind.Subject.FOLDERS);
    }
    if (inputs == null) {
      requireNone(kinds, "--inputs", MetricKind.Subject.INPUT);
    }
    if (seeds.isEmpty()) {
      requireNone(kinds, "--seeds", MetricKind.Subject.SEEDS);
    }
    return new FolderScores.Folders(
        results, Optional.ofNullable(reference), Optional.ofNullable(inputs), seeds);
  }

  private static void requireNone(
      Collection<MetricKind> kinds, String option, MetricKind.Subject... subjects) {
    List<MetricKind.Subject> needing = List.of(subjects);
    List<String> wanted =
        kinds.stream()
            .filter(kind -> needing.contains(kind.subject()))
            .map(MetricKind::label)
            .toList();
    if (!wanted.isEmpty()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Without %s there is nothing to compare with for %s; give it, or choose --metrics that judge pictures alone: %s."
              .formatted(
                  option,
                  String.join(", ", wanted),
                  Arrays.stream(MetricKind.values())
                      .filter(kind -> kind.subject() == MetricKind.Subject.PICTURE)
                      .map(MetricKind::label)
                      .collect(Collectors.joining(", "))));
    }
  }
}
