package io.stablesr.cli;

import com.typesafe.config.ConfigFactory;
import io.stablesr.job.PairSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsReader;
import io.stablesr.spark.DegradeRunner;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes pairs of good and low-quality pictures from the images of a folder or a manifest. */
@Command(
    name = "degrade",
    description = "Makes pairs of good and low-quality pictures for training and testing.",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all pairs are made",
      "1:the job itself failed",
      "2:the job is done, some images failed"
    })
final class DegradeCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Spec private CommandSpec spec;

  @Option(
      names = "--explain",
      description = "Prints every setting in effect and where it comes from; does nothing else.")
  private boolean explain;

  @Mixin private JobEnds ends = new JobEnds();

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.DEGRADE);

  DegradeCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            bundle -> ConfigFactory.empty(),
            ends.given());
    SettingsReader.degrade(settings.values());
    int progressSeconds = SettingsReader.job(settings.values()).progressSeconds();
    if (explain) {
      environment.out().print(settings.explain(Map.of()));
      return 0;
    }
    JobEnds.Ends named = JobEnds.require(settings, "degrade");
    PairSummary summary =
        new DegradeRunner(Clock.systemUTC())
            .run(
                settings,
                named.input(),
                named.output(),
                new ProgressConsole(environment.err(), environment.errKind(), progressSeconds));
    environment.out().print(summary.text());
    return summary.exitCode();
  }
}
