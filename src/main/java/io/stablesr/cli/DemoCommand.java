package io.stablesr.cli;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsAdvice;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.UpscaleRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Upscales a few photographs and puts the results beside bicubic enlargements. */
@Command(
    name = "demo",
    description = "Upscales five reduced photographs and shows the results side by side.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "Local folder of everything the demonstration writes [default demo-output].")
  private Path folder = Path.of("demo-output");

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.DEMO);

  DemoCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() throws IOException {
    UpscalerFactory factory = environment.factory().get();
    // What an earlier demonstration left in this folder is ours to replace.
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            bundle -> factory.describe(bundle).defaults(),
            Map.of("output.overwrite", "true", "output.format", "png"));
    Config values = settings.values();
    ImageCodec codec = new ImageCodec(SettingsReader.job(values));
    long maxPixels = values.getLong("demo.max-input-pixels");
    Path input = folder.toAbsolutePath().normalize().resolve("input");
    List<String> names = new DemoPhotos(codec, maxPixels).writeTo(input);
    environment
        .out()
        .printf(
            "%d photographs, reduced to at most %d pixels each (demo.max-input-pixels), x%s, %s.%n",
            names.size(),
            maxPixels,
            values.getNumber("upscale.scale"),
            "model " + values.getString("model.bundle"));
    environment.out().flush();

    Path results = input.resolveSibling("output");
    ProgressConsole console =
        new ProgressConsole(
            environment.err(), environment.errKind(), SettingsReader.job(values).progressSeconds());
    SettingsAdvice.of(values, environment.cpuInfo()).forEach(console::say);
    JobSummary summary =
        new UpscaleRunner(factory, Clock.systemUTC())
            .run(settings, input.toString(), results.toString(), console);
    Path sheet = input.resolveSibling("side-by-side.png");
    writeSheet(codec, input, results, names, sheet);
    environment.out().print(summary.text());
    environment.out().printf("side by side (bicubic | result): %s%n", sheet);
    return summary.exitCode();
  }

  private static void writeSheet(
      ImageCodec codec, Path input, Path results, List<String> names, Path target)
      throws IOException {
    ComparisonSheet sheet = new ComparisonSheet();
    int shown = 0;
    for (String name : names) {
      Path result = results.resolve(name);
      if (Files.exists(result)) {
        sheet.add(
            name,
            codec.decode(name, Files.readAllBytes(input.resolve(name))).rgb(),
            codec.decode(name, Files.readAllBytes(result)).rgb());
        shown++;
      }
    }
    if (shown == 0) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "No photograph was upscaled; see the rows for the reasons.");
    }
    Files.write(target, codec.encode(sheet.render(), Map.of()));
  }
}
