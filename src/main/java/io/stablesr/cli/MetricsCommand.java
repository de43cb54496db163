package io.stablesr.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.job.ScoreSheet;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricFile;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.spark.ScoreParquet;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
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
  private final SettingKeys keys;

  @Mixin private ScoreOptions options = new ScoreOptions();

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
      names = "--csv",
      paramLabel = "FILE",
      description = "Writes a line per picture; the file must not exist.")
  private Path csv;

  @Option(
      names = "--parquet",
      paramLabel = "DIR",
      description = "Writes a row per picture; the folder must not exist.")
  private Path parquet;

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

  MetricsCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    FolderScores.Folders folders = options.folders(kinds);
    MetricSet.Protocol protocol = options.protocol();
    ScoreSheet.Seeds seeds = options.seeds();
    Optional<ScoreParquet> table =
        Optional.ofNullable(parquet).map(path -> new ScoreParquet(defaults(), path));
    Optional<ScoreFile> file = Optional.ofNullable(csv).map(ScoreFile::create);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, threads);
        MetricSet metrics = new MetricSet(engine, kinds, protocol, Optional.ofNullable(weights))) {
      metrics.missing().forEach(this::warn);
      ScoreSheet sheet =
          new ScoreSheet(
              List.copyOf(kinds), protocol, seeds, metrics.weightsSha256(), TensorEngine.version());
      file.ifPresent(lines -> lines.head(sheet));
      FolderScores scores =
          FolderScores.of(
              metrics,
              new ImageDecoder(DecodeLimits.defaults()),
              folders,
              row -> {
                file.ifPresent(lines -> lines.add(sheet, row));
                row.error().ifPresent(error -> say("%s: %s".formatted(row.stem(), error)));
              });
      scores
          .unseen()
          .forEach(
              (folder, stems) -> say("%s has no %s".formatted(folder, String.join(", ", stems))));
      environment.out().print(ScoreTable.render(scores, kinds, sheet));
      table.ifPresent(writer -> writer.write(sheet, scores.rows()));
      return scores.rows().stream().allMatch(row -> row.error().isEmpty()) ? 0 : SOME_FAILED;
    } finally {
      file.ifPresent(ScoreFile::close);
    }
  }

  private Config defaults() {
    return Settings.of(keys, List.of(), bundle -> ConfigFactory.empty()).values();
  }

  private void say(String text) {
    environment.err().println("stablesr: " + text);
  }

  private void warn(MetricKind kind, List<MetricFile> files) {
    say(
        "%s is left out: %s %s not in %s; `stablesr metrics fetch-list` tells where to get it"
            .formatted(
                kind.label(),
                files.stream().map(MetricFile::fileName).collect(Collectors.joining(" and ")),
                files.size() == 1 ? "is" : "are",
                weights == null ? "a folder given with --weights" : weights));
  }
}
