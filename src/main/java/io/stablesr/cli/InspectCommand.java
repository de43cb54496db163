package io.stablesr.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageNames;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsReader;
import io.stablesr.report.AwarenessReport;
import io.stablesr.report.NewFolder;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.TimeAwareness;
import io.stablesr.restore.TimeAwareness.Analysis;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.spark.SimilarityParquet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks into a model while it restores. */
@Command(
    name = "inspect",
    description =
        "Shows what the time-aware encoder does to the denoiser at each timestep: cosine similarities"
            + " before and after SFT, and feature maps, as a page with plots and as a Parquet table."
            + " 20 steps where --steps is not given.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  private static final int STEPS = 20;

  private final CommandEnvironment environment;
  private final SettingKeys keys;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PICTURE",
      arity = "1..*",
      description = "Low-resolution pictures or folders of them; of each the middle is looked at.")
  private List<Path> pictures;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      required = true,
      description = "Local folder of the page and the table; it must not exist or be empty.")
  private Path output;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Pictures at most, by name [default: 8].")
  private int limit = 8;

  @Mixin private SettingsOptions options = new SettingsOptions(SettingsScope.INSPECT);

  InspectCommand(CommandEnvironment environment, SettingKeys keys) {
    this.environment = environment;
    this.keys = keys;
  }

  @Override
  public Integer call() {
    NewFolder.requireFree(output);
    List<Path> files = files();
    Config settings = settings();
    UpscaleOptions upscale = SettingsReader.upscale(settings);
    SamplingOptions sampling = upscale.sampling();
    int threads = settings.getInt("model.threads");
    ModelBundle bundle =
        ModelBundle.open(settings.getString("model.bundle"), ModelBundle.userCache());
    Map<String, FloatTensor> inputs = decoded(files);
    Map<String, Analysis> seen = new LinkedHashMap<>();
    try (TensorEngine engine =
            TensorEngine.open(
                ComputeDevice.CPU,
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        TimeAwareness model = new TimeAwareness(bundle, engine)) {
      inputs.forEach(
          (name, picture) -> {
            PhiloxNoise noise = new PhiloxNoise(upscale.seed(), name);
            seen.put(name, model.analyse(picture, upscale.scale(), sampling, noise));
            say("%d of %d pictures".formatted(seen.size(), inputs.size()));
          });
    }
    String modelId = bundle.description().modelId();
    Path page =
        new AwarenessReport(modelId, Clock.systemUTC())
            .write(
                seen,
                output,
                folder ->
                    new SimilarityParquet(settings, folder.resolve("similarities"))
                        .write(modelId, upscale.seed(), seen));
    environment.out().printf("page: %s%ntable: %s%n", page, page.resolveSibling("similarities"));
    return 0;
  }

  /** All before the first is looked at, so that a damaged one shows at once. */
  private static Map<String, FloatTensor> decoded(List<Path> files) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
    Map<String, FloatTensor> pictures = new LinkedHashMap<>();
    for (Path file : files) {
      pictures.put(
          file.getFileName().toString(), decoder.decode(file.toString(), bytes(file)).rgb());
    }
    return pictures;
  }

  private Config settings() {
    Settings settings =
        options.settings(
            spec.commandLine().getParseResult(),
            keys,
            environment,
            // A bundle's default may be a few steps, which make no curve.
            bundle -> ConfigFactory.parseMap(Map.of("sampling.steps", STEPS)),
            Map.of());
    return settings.values();
  }

  private List<Path> files() {
    Map<String, Path> found = new LinkedHashMap<>();
    for (Path place : pictures) {
      for (Path file : Files.isDirectory(place) ? list(place) : List.of(place)) {
        Path before = found.putIfAbsent(file.getFileName().toString(), file);
        if (before != null) {
          throw new StableSrException(
              ErrorCode.CONFIG,
              "%s and %s have the same name; give one of them.".formatted(before, file));
        }
      }
    }
    if (found.isEmpty() || limit < 1) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "There is no picture to look at in %s with --limit %d.".formatted(pictures, limit));
    }
    return new ArrayList<>(found.values()).subList(0, Math.min(limit, found.size()));
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> content = Files.list(folder)) {
      return content
          .filter(file -> ImageNames.isImage(file.getFileName().toString()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static StableSrException unreadable(Path file, IOException e) {
    return new StableSrException(
        ErrorCode.INPUT_NOT_FOUND, "%s cannot be read: %s".formatted(file, e), e);
  }

  private void say(String text) {
    environment.err().println(text);
  }
}
