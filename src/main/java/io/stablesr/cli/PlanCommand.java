package io.stablesr.cli;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.PackingLimits;
import io.stablesr.job.PlanOptions;
import io.stablesr.job.PlanReport;
import io.stablesr.job.PlanText;
import io.stablesr.job.Planner;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SyntheticArchive;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.PlanRunner;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what an upscale job would do, and does nothing of it. */
@Command(
    name = "plan",
    description =
        "Tells what upscale would do: work, memory, hours per kind of device, and what would be"
            + " skipped or fail. Reads headers only, writes nothing, needs no GPU.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;
  private final LongSupplier nanoTime;

  @Spec private CommandSpec spec;

  @Option(
      names = "--executors",
      paramLabel = "M",
      description = "Tasks that would run at once [default: those of the Spark session].")
  private int executors;

  @Option(names = "--json", description = "Prints the plan as JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--synthetic",
      paramLabel = "N",
      description =
          "Plans a made-up archive of N images that follows from --seed; without Spark and model.")
  private int synthetic;

  @Mixin private JobEnds ends = new JobEnds();

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.UPSCALE);

  PlanCommand(CommandEnvironment environment, SettingKeys keys, LongSupplier nanoTime) {
    this.environment = environment;
    this.keys = keys;
    this.nanoTime = nanoTime;
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
    if (executors < 0 || synthetic < 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "--executors is %d and --synthetic %d; neither can be below 0."
              .formatted(executors, synthetic));
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--synthetic")) {
      if (json || !ends.given().isEmpty()) {
        throw new StableSrException(
            ErrorCode.CONFIG, "--synthetic goes without --input, --output and --json.");
      }
      planSynthetic(settings.values(), factory);
      return 0;
    }
    JobEnds.Ends named = JobEnds.require(settings, "plan");
    PlanReport report =
        new PlanRunner(factory).run(settings, named.input(), named.output(), executors);
    environment.out().print(json ? PlanText.json(report) : PlanText.table(report));
    return 0;
  }

  private void planSynthetic(Config values, UpscalerFactory factory) {
    long start = nanoTime.getAsLong();
    int slots = Math.max(1, executors);
    UpscaleOptions upscale = SettingsReader.upscale(values);
    PlanOptions plan = SettingsReader.plan(values);
    DeviceSpeed speed =
        plan.gflopsPerSecond() > 0
            ? new DeviceSpeed(plan.gflopsPerSecond(), DeviceSpeed.Origin.CONFIGURED)
            : DeviceSpeed.ASSUMED;
    // Executors that nobody has said anything about hold every picture as a whole.
    CostModel costs = factory.costs(SettingsReader.model(values), Long.MAX_VALUE);
    SyntheticArchive.Archive archive =
        SyntheticArchive.of(synthetic, upscale.seed(), costs, upscale, speed);
    int wanted = SettingsReader.job(values).partitions();
    List<List<WorkItem>> packed =
        wanted > 0
            ? Planner.pack(archive.images(), wanted)
            : Planner.pack(archive.images(), PackingLimits.of(plan, slots));
    PlanReport.Partitions partitions = PlanReport.Partitions.of(packed, slots);
    double seconds = (nanoTime.getAsLong() - start) / 1e9;
    environment
        .out()
        .print(
            String.format(
                Locale.ROOT,
                "%d made-up images (seed %d), %d too large for the engine, %d executors of %.0f"
                    + " GFLOP/s (%s)%n"
                    + "%d partitions of %.2f h in all, the longest %s; planned in %.1f s%n"
                    + "makespan ratio %.4f%n",
                synthetic,
                upscale.seed(),
                archive.tooLarge(),
                slots,
                speed.gflopsPerSecond(),
                speed.origin().name().toLowerCase(Locale.ROOT),
                partitions.count(),
                partitions.totalSeconds() / 3600,
                PlanText.time(partitions.longestSeconds()),
                seconds,
                partitions.makespanRatio()));
  }
}
