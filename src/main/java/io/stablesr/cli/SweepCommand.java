package io.stablesr.cli;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.UriRules;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.SweepRunner;
import io.stablesr.sweep.SweepConfiguration;
import io.stablesr.sweep.SweepFile;
import io.stablesr.sweep.SweepFileReader;
import io.stablesr.sweep.SweepPlanner;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Upscales data sets with every configuration of a grid and scores the results. */
@Command(
    name = "sweep",
    description =
        "Upscales data sets with every configuration of a grid, scores the results, compares them.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every row has its scores",
      "1:the sweep itself failed",
      "2:the sweep is done, some rows have no scores"
    })
final class SweepCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What to do: data sets, grids, metrics; see docs/benchmarks.md. Required.")
  private Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "Folder of the sweep; a path or a Hadoop URI. Required.")
  private String output;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "First pictures of each set that are taken, by name [default: the file's].")
  private Integer limit;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Settings from the file NAME.conf in the folder conf.")
  private String profile;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Sets any setting by its path; lies over the file's settings and under its grids.")
  private List<String> assignments = new ArrayList<>();

  @Option(names = "--plan", description = "Prints the configurations; does nothing else.")
  private boolean plan;

  SweepCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    if (config == null) {
      throw new StableSrException(ErrorCode.CONFIG, "sweep needs --config; see sweep --help.");
    }
    SweepFile file = SweepFileReader.read(config);
    if (limit != null) {
      file = file.withImagesPerSet(limit);
    }
    UpscalerFactory factory = environment.factory().get();
    SweepPlanner planner = new SweepPlanner(keys, factory, file, typed(), profiles());
    Config common = planner.common().values();
    List<SweepConfiguration> configurations = planner.plan();
    if (plan) {
      configurations.forEach(
          configuration ->
              environment.out().println(configuration.id() + "  " + configuration.text()));
      return 0;
    }
    if (output == null || output.isBlank()) {
      throw new StableSrException(ErrorCode.CONFIG, "sweep needs --output; see sweep --help.");
    }
    UriRules.requireNoCredentials("output", output);
    ProgressConsole console =
        new ProgressConsole(
            environment.err(), environment.errKind(), SettingsReader.job(common).progressSeconds());
    SweepRunner.Outcome outcome =
        new SweepRunner(factory, Clock.systemUTC())
            .run(file, common, configurations, output, console);
    environment.out().print(outcome.text());
    return outcome.exitCode();
  }

  private List<SettingsLayer> typed() {
    Map<String, String> typed = new LinkedHashMap<>();
    for (String assignment : assignments) {
      SettingsOptions.put(typed, "--set", "", assignment);
    }
    return List.of(SettingsLayer.ofCommandLine(typed));
  }

  private List<SettingsLayer> profiles() {
    return profile == null
        ? List.of()
        : List.of(SettingsLayer.ofProfile(profile, environment.profileFolders()));
  }
}
