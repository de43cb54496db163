package io.stablesr.cli;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.job.ReportOptions;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsReader;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.report.CaseScorer;
import io.stablesr.report.NewFolder;
import io.stablesr.report.ReportCase;
import io.stablesr.report.ReportTable;
import io.stablesr.report.ReportWriter;
import io.stablesr.report.SeamFinder;
import io.stablesr.report.Truths;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.RunReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a folder of HTML pages about finished runs. */
@Command(
    name = "report",
    description =
        "Makes a folder of HTML pages about finished runs: figures, plots, failures, pictures before"
            + " and after, blind votes. The pages need no network.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description =
          "Output folder of an upscale job, of which the latest finished run is taken, or a folder"
              + " run_id=... of its rows; several are compared.")
  private List<String> runs;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      required = true,
      description = "Local folder of the report; it must not exist or be empty.")
  private Path output;

  @Option(
      names = "--reference",
      paramLabel = "DIR",
      description =
          "Local folder of true pictures under the images' ids, whatever the extension: they are"
              + " shown, and scores compare with them.")
  private Path reference;

  @Option(
      names = "--weights",
      paramLabel = "DIR",
      description = "Folder of weight files of metrics; `stablesr metrics fetch-list` lists them.")
  private Path weights;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "Title of the pages [default: the names of the runs' folders].")
  private String title;

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.REPORT);

  ReportCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    NewFolder.requireFree(output);
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            bundle -> ConfigFactory.empty(),
            Map.of());
    ReportOptions report = SettingsReader.report(settings.values());
    String bundle = settings.values().getString("model.bundle");
    RunReader reader = new RunReader(settings.values());
    List<ReportCase> cases = new ArrayList<>();
    runs.forEach(run -> cases.addAll(reader.rows(run)));
    ReportTable table = new ReportTable(cases);
    if (reference != null) {
      table = new Truths(reference).addTo(table);
    }
    ReportWriter.Written written =
        new ReportWriter(report, reader, seams(bundle), Clock.systemUTC(), this::warn)
            .write(scored(table, report, reader), title(), output);
    environment
        .out()
        .printf(
            "%d rows, %d images with pictures%nreport: %s%n",
            written.rows(), written.pictures(), written.page());
    return 0;
  }

  private ReportTable scored(ReportTable table, ReportOptions report, RunReader reader) {
    List<MetricKind> kinds =
        report.metrics().stream()
            .map(name -> MetricKind.named(name).orElseThrow())
            .filter(kind -> reference != null || kind.subject() == MetricKind.Subject.PICTURE)
            .toList();
    if (kinds.isEmpty() || report.scored() == 0) {
      return table;
    }
    try (TensorEngine engine =
            TensorEngine.open(ComputeDevice.CPU, Runtime.getRuntime().availableProcessors());
        MetricSet metrics =
            new MetricSet(
                engine, kinds, MetricSet.Protocol.PUBLISHED, Optional.ofNullable(weights))) {
      metrics
          .missing()
          .forEach(
              (missing, files) ->
                  warn(
                      "%s is left out: its weight files are not in the folder given with --weights; `stablesr metrics fetch-list` tells where to get them"
                          .formatted(missing.label())));
      return new CaseScorer(metrics, reader, report.scored(), report.maxResultPixels(), this::warn)
          .score(table);
    }
  }

  /** The overlay of tiles is an extra: a bundle that is not here only takes it away. */
  private SeamFinder seams(String bundle) {
    try {
      UpscalerFactory factory = environment.factory().get();
      return new SeamFinder(factory.describe(bundle).modelId(), factory.tileOutlines(bundle));
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.CONFIG) {
        throw e;
      }
      warn("tiles are not shown: " + e.getMessage());
      return SeamFinder.NONE;
    }
  }

  private String title() {
    return title != null
        ? title
        : runs.stream()
            .map(run -> run.replaceAll("/+$", "").replaceAll(".*/", ""))
            .distinct()
            .collect(Collectors.joining(", "));
  }

  private void warn(String sentence) {
    environment.err().println("stablesr: " + sentence);
  }
}
