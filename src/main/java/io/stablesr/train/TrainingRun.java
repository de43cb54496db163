package io.stablesr.train;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs one stage of a training configuration. */
public final class TrainingRun {
  private final Config config;
  private final PrintWriter log;
  private final BooleanSupplier stopped;

  /**
   * A run of the stages of {@code config}.
   *
   * @param log takes a line now and then
   * @param stopped asked between steps; once true, the run saves its state and ends
   */
  public TrainingRun(Config config, PrintWriter log, BooleanSupplier stopped) {
    this.config = config;
    this.log = log;
    this.stopped = stopped;
  }

  /** Reads a configuration file; {@code overrides} are lines of HOCON that win over it. */
  public static Config read(Path file, List<String> overrides) {
    try {
      Config read =
          ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
      return ConfigFactory.parseString(String.join("\n", overrides)).withFallback(read).resolve();
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s cannot be used: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /** Runs the stage with this name. */
  public void run(String name) throws IOException {
    try {
      if (!config.hasPath(name)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The configuration has no stage '%s'; it has %s."
                .formatted(
                    name, String.join(", ", config.root().keySet().stream().sorted().toList())));
      }
      Config stage = StageKinds.complete(name, config.getConfig(name));
      switch (stage.getString("kind")) {
        case "patches" -> makePatches(stage);
        case "cleaner", "cleaner-export" -> new CleanerStage(name, stage, log, stopped).run();
        default -> new RestorerStage(name, stage, log, stopped).run();
      }
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Stage %s cannot be used: %s.".formatted(name, e.getMessage()), e);
    }
  }

  private void makePatches(Config stage) throws IOException {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1)) {
      CompileOptions teacher =
          new CompileOptions(
              stage.getString("teacher.dtype").equals("bf16") ? Precision.BF16 : Precision.FP32,
              CompileOptions.MemoryFormat.CHANNELS_LAST,
              CompileOptions.Packing.NONE,
              CompileOptions.AttentionKernel.FUSED);
      new PatchMaker(patchOptions(stage), engine, teacher).run(log, stopped);
    }
  }

  private static PatchOptions patchOptions(Config stage) {
    List<PatchOptions.Share> presets = new ArrayList<>();
    for (Config preset : stage.getConfigList("presets")) {
      String text = preset.getConfig("preset").root().render();
      presets.add(new PatchOptions.Share(text, preset.getDouble("weight")));
    }
    return new PatchOptions(
        Path.of(stage.getString("photos")),
        Path.of(stage.getString("output")),
        stage.getInt("count"),
        stage.getInt("side"),
        stage.getInt("rounds"),
        stage.getInt("candidates"),
        presets,
        stage.getDouble("bicubic-share"),
        Path.of(stage.getString("teacher.param")),
        Path.of(stage.getString("teacher.bin")),
        stage.getInt("workers"),
        stage.getLong("seed"));
  }
}
