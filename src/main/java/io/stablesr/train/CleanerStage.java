package io.stablesr.train;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A stage that trains a cleaner, or exports one. */
final class CleanerStage {
  private static final String TRUNK_PROBE = "features.0.weight";

  private final String name;
  private final StageConfig stage;
  private final PrintWriter log;
  private final BooleanSupplier stopped;

  CleanerStage(String name, Config stage, PrintWriter log, BooleanSupplier stopped) {
    this.name = name;
    this.stage = new StageConfig(name, stage);
    this.log = log;
    this.stopped = stopped;
  }

  void run() throws IOException {
    SrvggNet network =
        new SrvggNet((int) stage.number("channels"), (int) stage.number("convolutions"), scale());
    Map<String, FloatTensor> given = TrainingState.weights(stage.paths("init"));
    if (stage.text("kind").equals("cleaner-export")) {
      CleanerExport.write(stage.path("folder"), stage.text("name"), network, given);
      log.printf("cleaner: %s%n", stage.path("folder"));
    } else {
      train(network, given);
    }
  }

  private int scale() {
    int scale = (int) stage.number("scale");
    if (scale != 1 && scale != Patch.SCALE) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s.scale is %d; it must be 1 or %d, as patches are."
              .formatted(name, scale, Patch.SCALE));
    }
    return scale;
  }

  private void train(SrvggNet network, Map<String, FloatTensor> given) throws IOException {
    PictureWeights parts =
        new PictureWeights(
            stage.real("gradient-weight"),
            stage.real("perceptual-weight"),
            stage.real("perceptual-teacher-share"),
            stage.real("adversarial-weight"),
            0,
            stage.number("adversarial-start"),
            stage.real("discriminator.rate-factor"));
    boolean trunk = given.containsKey(TRUNK_PROBE);
    if (parts.perceptual() > 0 && !trunk) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "The files of %s.init have no tensor '%s'; perceptual-weight needs SqueezeNet 1.1 under torchvision's names."
              .formatted(name, TRUNK_PROBE));
    }
    Critics critics = stage.critics(given);
    Map<String, FloatTensor> values =
        new LinkedHashMap<>(CleanerStart.weights(network, stage.number("seed")));
    values.putAll(given);
    if (parts.adversarial() > 0) {
      values =
          InitialWeights.complete(
              values,
              List.of(critics.discriminator().graph(Critics.RECORDED_PIXELS)),
              stage.number("seed"));
    }
    CleanerExamples examples = examples(network.scale());
    log.printf("%d patches%n", examples.patches().size());
    examples.kept().ifPresent(kept -> log.printf("%d kept%n", kept.size()));
    Objective<CleanerNetworks> objective =
        new CleanerObjective(
            examples,
            (int) stage.number("count"),
            (int) stage.number("side"),
            stage.real("teacher-share"),
            parts);
    CompileOptions options = stage.compileOptions();
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.parse(stage.text("device")), 1);
        TrainableWeights weights = engine.trainable(values)) {
      TrainingLoop.NetworkMaker<CleanerNetworks> maker =
          replica -> new CleanerNetworks(network, engine, replica, options, critics);
      Optional<CleanerValidation> validation =
          trunk
              ? validation(CleanerValidation.Judging.LEVELS_AND_DISTANCES, engine, values, maker)
              : validation(CleanerValidation.Judging.LEVELS, engine, values, maker);
      try {
        TrainingLoop.Validation measure = (step, adam) -> Map.of();
        if (validation.isPresent()) {
          measure = validation.get();
        }
        new TrainingLoop<>(
                stage.loop(),
                stage.optimizer(),
                objective,
                measure,
                log,
                stopped,
                Clock.systemUTC())
            .run(engine, weights, maker);
      } finally {
        validation.ifPresent(CleanerValidation::close);
      }
    }
  }

  private CleanerExamples examples(int scale) {
    double share = stage.real("kept-share");
    if (!(share >= 0 && share <= 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s.kept-share is %s; it must be in 0..1.".formatted(name, share));
    }
    if (share > 0 != stage.has("kept")) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s.kept-share is %s and there is %s folder %s.kept; give both or neither."
              .formatted(name, share, stage.has("kept") ? "a" : "no", name));
    }
    if (share > 0 && stage.real("adversarial-weight") > 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s.kept-share is %s with an adversarial-weight of %s; the discriminator would take the kept inputs for good pictures, so set one of them to 0."
              .formatted(name, share, stage.real("adversarial-weight")));
    }
    if (share > 0 && scale != 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s.kept-share is %s, but only a cleaner of scale 1 can leave a picture as it is; its scale is %d."
              .formatted(name, share, scale));
    }
    return new CleanerExamples(
        PatchSet.of(stage.path("patches")),
        stage.has("kept") ? Optional.of(PatchSet.of(stage.path("kept"))) : Optional.empty(),
        share);
  }

  private Optional<CleanerValidation> validation(
      CleanerValidation.Judging judging,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<CleanerNetworks> maker) {
    if (!stage.has("validation")) {
      return Optional.empty();
    }
    return Optional.of(
        new CleanerValidation(
            PatchSet.of(stage.path("validation")),
            stage.path("folder"),
            judging,
            engine,
            values,
            maker));
  }
}
