package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.MetricFile;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Scores a folder of pictures. */
@Command(
    name = "metrics",
    description = "Scores the pictures of a folder, against true ones of the same names or alone.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every picture was scored",
      "1:nothing was scored",
      "2:some pictures could not be scored"
    })
final class MetricsCommand implements Callable<Integer> {
  private static final int SOME_FAILED = 2;

  private final CommandEnvironment environment;

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
      names = "--metrics",
      paramLabel = "NAME",
      split = ",",
      converter = KindConverter.class,
      description = "Which; see docs/metrics.md [default: psnr,ssim,niqe-free].")
  private Set<MetricKind> kinds =
      new LinkedHashSet<>(List.of(MetricKind.PSNR, MetricKind.SSIM, MetricKind.NIQE_FREE));

  @Option(
      names = "--weights",
      paramLabel = "DIR",
      description = "Folder of weight files; `stablesr metrics fetch-list` lists them.")
  private Path weights;

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
      names = "--csv",
      paramLabel = "FILE",
      description = "Writes a line per picture; the file must not exist.")
  private Path csv;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads inside a native call [default: processors].")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** Names of metrics. */
  static final class KindConverter implements ITypeConverter<MetricKind> {
    @Override
    public MetricKind convert(String text) {
      return MetricKind.named(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "there is no metric '%s'; there are %s"
                          .formatted(text, String.join(", ", MetricKind.labels()))));
    }
  }

  /** Names of colours. */
  static final class ColorConverter implements ITypeConverter<MetricColor> {
    @Override
    public MetricColor convert(String text) {
      return switch (text) {
        case "ycbcr" -> MetricColor.YCBCR_LUMA;
        case "yiq" -> MetricColor.YIQ_LUMA;
        case "rgb" -> MetricColor.RGB;
        default ->
            throw new TypeConversionException("'%s' is not ycbcr, yiq or rgb".formatted(text));
      };
    }
  }

  MetricsCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    // Not required of picocli, which would also ask `metrics fetch-list` for it.
    if (results == null) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Missing --results: the folder of pictures to score.");
    }
    requireReference();
    MetricSet.Protocol protocol = new MetricSet.Protocol(color, borderPixels);
    Optional<ScoreFile> file =
        Optional.ofNullable(csv).map(path -> ScoreFile.create(path, kinds, protocol));
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, threads);
        MetricSet metrics = new MetricSet(engine, kinds, protocol, Optional.ofNullable(weights))) {
      metrics.missing().forEach(this::warn);
      FolderScores scores =
          FolderScores.of(
              metrics,
              new ImageDecoder(DecodeLimits.defaults()),
              results,
              Optional.ofNullable(reference),
              row -> {
                file.ifPresent(lines -> lines.add(row));
                row.error()
                    .ifPresent(
                        error ->
                            environment
                                .err()
                                .println("stablesr: %s: %s".formatted(row.stem(), error)));
              });
      environment.out().print(ScoreTable.render(scores, kinds, protocol));
      return scores.rows().stream().allMatch(row -> row.error().isEmpty()) ? 0 : SOME_FAILED;
    } finally {
      file.ifPresent(ScoreFile::close);
    }
  }

  private void requireReference() {
    List<String> pairs =
        kinds.stream()
            .filter(kind -> kind.subject() != MetricKind.Subject.PICTURE)
            .map(MetricKind::label)
            .toList();
    if (reference == null && !pairs.isEmpty()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Without --reference there is nothing to compare with for %s; give it, or choose --metrics that judge pictures alone: %s."
              .formatted(
                  String.join(", ", pairs),
                  MetricKind.labels().stream()
                      .filter(
                          label ->
                              MetricKind.named(label).orElseThrow().subject()
                                  == MetricKind.Subject.PICTURE)
                      .collect(Collectors.joining(", "))));
    }
  }

  private void warn(MetricKind kind, List<MetricFile> files) {
    environment
        .err()
        .println(
            String.format(
                Locale.ROOT,
                "stablesr: %s is left out: %s %s not in %s; `stablesr metrics fetch-list` tells where to get it",
                kind.label(),
                files.stream().map(MetricFile::fileName).collect(Collectors.joining(" and ")),
                files.size() == 1 ? "is" : "are",
                weights == null ? "a folder given with --weights" : weights));
  }
}
