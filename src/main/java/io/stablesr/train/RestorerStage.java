package io.stablesr.train;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.Adam;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.network.Graphs;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A stage that trains parts of a restorer on patches. */
final class RestorerStage {
  private static final int TIMESTEPS = 1000;
  private static final int BORDER_PIXELS = 8;

  private final String name;
  private final Config stage;
  private final PrintWriter log;
  private final BooleanSupplier stopped;

  RestorerStage(String name, Config stage, PrintWriter log, BooleanSupplier stopped) {
    this.name = name;
    this.stage = stage;
    this.log = log;
    this.stopped = stopped;
  }

  void run() throws IOException {
    Map<String, FloatTensor> values =
        TrainingState.weights(stage.getStringList("init").stream().map(Path::of).toList());
    RestorerModel model = model(values);
    LoopOptions loop = loop();
    CompileOptions options = compile(stage.getString("dtype"));
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights weights = engine.trainable(values)) {
      TrainingLoop.NetworkMaker maker =
          replica -> new RestorerNetworks(model, engine, replica, options, BORDER_PIXELS);
      try (RestorerValidation validation =
          new RestorerValidation(
              PatchSet.of(Path.of(stage.getString("validation"))),
              loop.folder(),
              stage.getIntList("timesteps"),
              engine,
              values,
              maker)) {
        new TrainingLoop(loop, optimizer(), objective(), validation, log, stopped, System::nanoTime)
            .run(engine, weights, maker);
      }
    }
  }

  private RestorerModel model(Map<String, FloatTensor> values) {
    Path cache = Path.of(System.getProperty("java.io.tmpdir"), "stablesr-train");
    ModelDescription description = ModelBundle.open(stage.getString("model"), cache).description();
    Parameterization parameterization =
        switch (stage.getString("parameterization")) {
          case "lr-residual" -> new Parameterization.LrResidual(stage.getDouble("residual-scale"));
          case "v" -> new Parameterization.V();
          case "eps" -> new Parameterization.Eps();
          default ->
              throw new StableSrException(
                  ErrorCode.CONFIG,
                  "%s.parameterization is '%s'; it must be lr-residual, v or eps."
                      .formatted(name, stage.getString("parameterization")));
        };
    return new RestorerModel(
        description.architecture(),
        parameterization,
        stage.getDouble("latent-scale"),
        NoiseSchedule.scaledLinear(description.linearStart(), description.linearEnd(), TIMESTEPS),
        batched(values.get(description.nullContext().orElseThrow())),
        stage.getInt("wavelet-levels"),
        Graphs.CFW_SCOPE,
        description.posterior());
  }

  private static FloatTensor batched(FloatTensor context) {
    return context.rank() == 3 ? context : context.reshape(1, context.dim(0), context.dim(1));
  }

  private LoopOptions loop() {
    return new LoopOptions(
        Path.of(stage.getString("folder")),
        name,
        stage.getLong("steps"),
        stage.getInt("workers"),
        stage.getLong("seed"),
        stage.getLong("checkpoint-seconds"),
        stage.getLong("curve-steps"),
        stage.getLong("validation-steps"));
  }

  private OptimizerOptions optimizer() {
    Config o = stage.getConfig("optimizer");
    return new OptimizerOptions(
        o.getString("kind").equals("adamw") ? Adam.Kind.ADAMW : Adam.Kind.ADAM,
        new LearningRate(
            o.getDouble("learning-rate"),
            o.getLong("warmup-steps"),
            o.getLong("decay-steps"),
            o.getDouble("final-share")),
        o.getDouble("beta1"),
        o.getDouble("beta2"),
        o.getDouble("weight-decay"),
        o.getDouble("epsilon"),
        o.getDouble("maximum-norm"),
        o.getDouble("average-memory"));
  }

  private Objective objective() {
    PatchSet patches = PatchSet.of(Path.of(stage.getString("patches")));
    log.printf("%d patches%n", patches.size());
    int count = stage.getInt("count");
    int side = stage.getInt("side");
    return switch (stage.getString("kind")) {
      case "autoencoder" ->
          new AutoencoderObjective(
              patches,
              count,
              side,
              stage.getDouble("gradient-weight"),
              stage.getDouble("divergence-weight"));
      case "latent" ->
          new LatentObjective(
              patches, count, side, stage.getDouble("teacher-share"), stage.getDouble("own-share"));
      default -> {
        List<String> trained = stage.getStringList("trained");
        yield new PictureObjective(
            patches,
            count,
            side,
            stage.getDouble("gradient-weight"),
            stage.getDouble("crisp-share"),
            stage.getDouble("faithful-share"),
            stage.getDouble("fused-share"),
            stage.getDouble("own-share"),
            stage.getDouble("denoiser-share"),
            key -> trained.stream().anyMatch(key::startsWith));
      }
    };
  }

  static CompileOptions compile(String dtype) {
    return dtype.equals("bf16")
        ? new CompileOptions(
            Precision.BF16,
            CompileOptions.MemoryFormat.CHANNELS_LAST,
            CompileOptions.Packing.NONE,
            CompileOptions.AttentionKernel.BLOCKED)
        : CompileOptions.EXACT;
  }
}
