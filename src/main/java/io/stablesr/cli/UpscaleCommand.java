package io.stablesr.cli;

import com.typesafe.config.Config;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobOptions;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsAdvice;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.UpscaleRunner;
import java.time.Clock;
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
      names = "--explain",
      description = "Prints every setting in effect and where it comes from; does nothing else.")
  private boolean explain;

  @Mixin private JobEnds ends = new JobEnds();

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.UPSCALE);

  UpscaleCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    UpscalerFactory factory = environment.factory().get();
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            bundle -> factory.describe(bundle).defaults(),
            ends.given());
    if (explain) {
      environment.out().print(settings.explain(settings.unused()));
      sayRefusal(settings.values());
      return 0;
    }
    int progressSeconds = checked(settings.values()).progressSeconds();
    JobEnds.Ends named = JobEnds.require(settings, "upscale");
    ProgressConsole console =
        new ProgressConsole(environment.err(), environment.errKind(), progressSeconds);
    SettingsAdvice.unused(settings).forEach(console::say);
    SettingsAdvice.of(settings.values(), environment.cpuInfo()).forEach(console::say);
    JobSummary summary =
        new UpscaleRunner(factory, Clock.systemUTC())
            .run(settings, named.input(), named.output(), console);
    environment.out().print(summary.text());
    return summary.exitCode();
  }

  /** Wrong values are to be found before Spark is started. */
  private static JobOptions checked(Config values) {
    SettingsReader.model(values);
    SettingsReader.upscale(values);
    return SettingsReader.job(values);
  }

  /** What a run would end with at once is worth a line, but no reason not to explain. */
  private void sayRefusal(Config values) {
    try {
      checked(values);
    } catch (StableSrException e) {
      environment.err().println("note: upscale refuses these settings: " + e.getMessage());
      environment.err().flush();
    }
  }
}
