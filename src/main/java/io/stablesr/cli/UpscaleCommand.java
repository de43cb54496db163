package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsAdvice;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.UriRules;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.UpscaleRunner;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Upscales the images of a folder, a glob or a manifest. */
@Command(
    name = "upscale",
    description = "Upscales photographs.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all images are done",
      "1:the job itself failed",
      "2:the job is done, some images failed"
    })
final class UpscaleCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "INPUT",
      description = "A folder, a glob, an image or a manifest; a path or a Hadoop URI.")
  private String input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "Folder of the results; a path or a Hadoop URI.")
  private String output;

  @Option(
      names = "--explain",
      description = "Prints every setting in effect and where it comes from; does nothing else.")
  private boolean explain;

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.UPSCALE);

  UpscaleCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    UpscalerFactory factory = environment.factory().get();
    Map<String, String> ends = new LinkedHashMap<>();
    if (input != null) {
      ends.put("job.input", input);
    }
    if (output != null) {
      ends.put("job.output", output);
    }
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            bundle -> factory.describe(bundle).defaults(),
            ends);
    SettingsReader.model(settings.values());
    SettingsReader.upscale(settings.values());
    int progressSeconds = SettingsReader.job(settings.values()).progressSeconds();
    if (explain) {
      environment.out().print(settings.explain());
      return 0;
    }
    String from = required(settings, "job.input", "--input");
    String to = required(settings, "job.output", "--output");
    UriRules.requireNoCredentials("output", to);
    ProgressConsole console =
        new ProgressConsole(environment.err(), environment.errKind(), progressSeconds);
    SettingsAdvice.of(settings.values(), environment.cpuInfo()).forEach(console::say);
    JobSummary summary =
        new UpscaleRunner(factory, Clock.systemUTC()).run(settings, from, to, console);
    environment.out().print(summary.text());
    return summary.exitCode();
  }

  private static String required(Settings settings, String key, String option) {
    String value = settings.values().getString(key);
    if (value.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG, "upscale needs %s; see upscale --help.".formatted(option));
    }
    return value;
  }
}
