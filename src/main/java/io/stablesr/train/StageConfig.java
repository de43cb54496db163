package io.stablesr.train;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.Adam;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.Precision;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.PatchDiscriminator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The block of one stage, read key by key; the messages name the stage. */
final class StageConfig {
  private final String name;
  private final Config config;

  StageConfig(String name, Config config) {
    this.name = name;
    this.config = config;
  }

  boolean has(String key) {
    return config.hasPath(key);
  }

  boolean flag(String key) {
    return config.getBoolean(key);
  }

  String text(String key) {
    return config.getString(key);
  }

  List<String> texts(String key) {
    return config.getStringList(key);
  }

  long number(String key) {
    return config.getLong(key);
  }

  double real(String key) {
    return config.getDouble(key);
  }

  List<Integer> integers(String key) {
    return config.getIntList(key);
  }

  Path path(String key) {
    return Path.of(config.getString(key));
  }

  List<Path> paths(String key) {
    return config.getStringList(key).stream().map(Path::of).toList();
  }

  /** Where embedded bundles are unpacked. */
  Path cacheFolder() {
    return Path.of(System.getProperty("java.io.tmpdir"), "stablesr-train");
  }

  /** The stage's parameterisation; the model's where the stage has none. */
  Parameterization parameterization(Parameterization otherwise) {
    if (!has("parameterization")) {
      return otherwise;
    }
    return switch (text("parameterization")) {
      case "lr-residual" -> new Parameterization.LrResidual(real("residual-scale"));
      case "v" -> new Parameterization.V();
      case "eps" -> new Parameterization.Eps();
      default -> throw unknown("parameterization", "lr-residual, v or eps");
    };
  }

  /** Which part of the denoiser is trained. */
  Predicate<String> denoiserPart() {
    return switch (text("part")) {
      case "stage-1" -> DenoisingObjective.STAGE_1;
      case "prior" -> DenoisingObjective.PRIOR;
      case "whole" -> DenoisingObjective.WHOLE;
      default -> throw unknown("part", "stage-1, prior or whole");
    };
  }

  /** The judges of a {@code picture} stage. */
  Critics critics(Map<String, FloatTensor> values) {
    PatchDiscriminator.Normalization normalization =
        switch (text("discriminator.normalization")) {
          case "batch" -> PatchDiscriminator.Normalization.BATCH;
          case "none" -> PatchDiscriminator.Normalization.NONE;
          default -> throw unknown("discriminator.normalization", "batch or none");
        };
    TrunkInput input =
        switch (text("trunk-input")) {
          case "lpips" -> TrunkInput.LPIPS;
          case "caffe" -> TrunkInput.CAFFE;
          default -> throw unknown("trunk-input", "lpips or caffe");
        };
    List<FloatTensor> heads =
        switch (text("perceptual-heads")) {
          case "even" -> Critics.EVEN;
          case "lpips" -> Critics.learnedHeads(values);
          default -> throw unknown("perceptual-heads", "even or lpips");
        };
    return new Critics(
        new PatchDiscriminator(
            (int) number("discriminator.channels"),
            (int) number("discriminator.layers"),
            normalization),
        input,
        heads);
  }

  CompileOptions compileOptions() {
    return switch (text("dtype")) {
      case "fp32" -> CompileOptions.EXACT;
      case "bf16" ->
          new CompileOptions(
              Precision.BF16,
              CompileOptions.MemoryFormat.CHANNELS_LAST,
              CompileOptions.Packing.NONE,
              CompileOptions.AttentionKernel.BLOCKED);
      default -> throw unknown("dtype", "fp32 or bf16");
    };
  }

  LoopOptions loop() {
    return new LoopOptions(
        path("folder"),
        name,
        number("steps"),
        (int) number("workers"),
        number("seed"),
        number("checkpoint-seconds"),
        number("curve-steps"),
        number("validation-steps"));
  }

  OptimizerOptions optimizer() {
    StageConfig o = new StageConfig(name + ".optimizer", config.getConfig("optimizer"));
    Adam.Kind kind =
        switch (o.text("kind")) {
          case "adam" -> Adam.Kind.ADAM;
          case "adamw" -> Adam.Kind.ADAMW;
          default -> throw o.unknown("kind", "adam or adamw");
        };
    return new OptimizerOptions(
        kind,
        new LearningRate(
            o.real("learning-rate"),
            o.number("warmup-steps"),
            o.number("decay-steps"),
            o.real("final-share")),
        o.real("beta1"),
        o.real("beta2"),
        o.real("weight-decay"),
        o.real("epsilon"),
        o.real("maximum-norm"),
        o.real("average-memory"));
  }

  private StableSrException unknown(String key, String values) {
    return new StableSrException(
        ErrorCode.CONFIG, "%s.%s is '%s'; it must be %s.".formatted(name, key, text(key), values));
  }
}
