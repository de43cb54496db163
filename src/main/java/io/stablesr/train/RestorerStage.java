package io.stablesr.train;

import com.typesafe.config.Config;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.Presets;
import io.stablesr.diffusion.DdimTables;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Scope;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A stage that trains parts of a restorer, or uses one to make examples or a bundle. */
final class RestorerStage {
  private static final int TIMESTEPS = 1000;
  private static final int BORDER_PIXELS = 8;
  private static final String TRUNK_PROBE = "features.0.weight";
  private static final String PROBE = "encoder.conv_in.weight";

  private final String name;
  private final StageConfig stage;
  private final PrintWriter log;
  private final BooleanSupplier stopped;

  RestorerStage(String name, Config stage, PrintWriter log, BooleanSupplier stopped) {
    this.name = name;
    this.stage = new StageConfig(name, stage);
    this.log = log;
    this.stopped = stopped;
  }

  void run() throws IOException {
    ModelDescription description =
        ModelBundle.open(stage.text("model"), stage.cacheFolder()).description();
    Map<String, FloatTensor> values = TrainingState.weights(stage.paths("init"));
    Scope autoencoder = values.containsKey(PROBE) ? Graphs.CFW_SCOPE : Graphs.FIRST_STAGE_SCOPE;
    List<Graph> graphs = graphs(description.architecture(), autoencoder, values);
    if (stage.flag("initialize-missing")) {
      values = InitialWeights.complete(values, graphs, stage.number("seed"));
    }
    if (positive("perceptual-weight") && !values.containsKey(TRUNK_PROBE)) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "The files of %s.init have no tensor '%s'; perceptual-weight needs SqueezeNet 1.1 under torchvision's names."
              .formatted(name, TRUNK_PROBE));
    }
    RestorerModel model = model(description, values, autoencoder);
    switch (stage.text("kind")) {
      case "export" -> export(description, values);
      case "grow" -> grow(description, values, autoencoder);
      case "fusion-data" -> makeFusionData(model, values);
      default -> train(model, values);
    }
  }

  private List<Graph> graphs(
      Architecture architecture, Scope autoencoder, Map<String, FloatTensor> values) {
    Graphs graphs = new Graphs(architecture);
    List<Graph> all =
        new ArrayList<>(
            List.of(
                graphs.encoder(Extent.TILE, autoencoder),
                graphs.decoder(Extent.TILE, autoencoder),
                graphs.denoiser(Extent.TILE)));
    if (autoencoder.equals(Graphs.CFW_SCOPE)) {
      all.add(graphs.fusingDecoder(Extent.TILE));
    }
    if (stage.text("kind").equals("fusion") || positive("adversarial-weight")) {
      all.add(critics(values).discriminator().graph(Critics.RECORDED_PIXELS));
    }
    return all;
  }

  private boolean positive(String key) {
    return stage.has(key) && stage.real(key) > 0;
  }

  private Critics critics(Map<String, FloatTensor> values) {
    return stage.text("kind").equals("picture") ? stage.critics(values) : Critics.PUBLISHED;
  }

  private RestorerModel model(
      ModelDescription description, Map<String, FloatTensor> values, Scope autoencoder) {
    String contextKey = description.nullContext().orElse("null_context");
    FloatTensor context = values.get(contextKey);
    if (context == null) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "The files of %s.init have no tensor '%s', the empty prompt's context; add a bundle's diffusion.safetensors."
              .formatted(name, contextKey));
    }
    return new RestorerModel(
        description.architecture(),
        stage.parameterization(description.parameterization()),
        stage.has("latent-scale") ? stage.real("latent-scale") : description.latentScale(),
        NoiseSchedule.scaledLinear(description.linearStart(), description.linearEnd(), TIMESTEPS),
        context.rank() == 3 ? context : context.reshape(1, context.dim(0), context.dim(1)),
        (int) stage.number("wavelet-levels"),
        autoencoder,
        description.posterior());
  }

  private void train(RestorerModel model, Map<String, FloatTensor> values) throws IOException {
    LoopOptions loop = stage.loop();
    CompileOptions options = stage.compileOptions();
    Objective<RestorerNetworks> objective = objective();
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.parse(stage.text("device")), 1);
        TrainableWeights weights = engine.trainable(values)) {
      TrainingLoop.NetworkMaker<RestorerNetworks> maker =
          replica ->
              new RestorerNetworks(model, engine, replica, options, BORDER_PIXELS, critics(values));
      Optional<RestorerValidation> validation = validation(loop, engine, values, maker);
      try {
        TrainingLoop.Validation measure = (step, adam) -> Map.of();
        if (validation.isPresent()) {
          measure = validation.get();
        }
        new TrainingLoop<>(
                loop, stage.optimizer(), objective, measure, log, stopped, Clock.systemUTC())
            .run(engine, weights, maker);
      } finally {
        validation.ifPresent(RestorerValidation::close);
      }
    }
  }

  private Optional<RestorerValidation> validation(
      LoopOptions loop,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<RestorerNetworks> maker) {
    if (!stage.has("validation")) {
      return Optional.empty();
    }
    return Optional.of(
        new RestorerValidation(
            PatchSet.of(stage.path("validation")),
            loop.folder(),
            stage.integers("timesteps"),
            engine,
            values,
            maker));
  }

  private Objective<RestorerNetworks> objective() {
    int count = (int) stage.number("count");
    int side = stage.has("side") ? (int) stage.number("side") : 0;
    return switch (stage.text("kind")) {
      case "autoencoder" ->
          new AutoencoderObjective(
              pictures(),
              count,
              side,
              stage.real("gradient-weight"),
              stage.real("divergence-weight"));
      case "latent" ->
          new LatentObjective(
              pictures(), count, side, stage.real("teacher-share"), stage.real("own-share"));
      case "denoiser" -> new DenoisingObjective(pictures(), count, side, stage.denoiserPart());
      case "fusion" ->
          new FusionObjective(
              FusionPairs.of(stage.path("pairs")),
              count,
              PerceptualLoss.NONE,
              stage.real("adversarial-weight"),
              stage.number("adversarial-start"));
      default -> {
        List<String> trained = stage.texts("trained");
        yield new PictureObjective(
            pictures(),
            count,
            side,
            new PictureWeights(
                stage.real("gradient-weight"),
                stage.real("perceptual-weight"),
                stage.real("perceptual-teacher-share"),
                stage.real("adversarial-weight"),
                stage.real("adversarial-teacher-share"),
                stage.number("adversarial-start"),
                stage.real("discriminator.rate-factor")),
            stage.real("crisp-share"),
            stage.real("faithful-share"),
            stage.real("fused-share"),
            stage.real("own-share"),
            stage.real("denoiser-share"),
            key -> trained.stream().anyMatch(key::startsWith));
      }
    };
  }

  private PictureSource pictures() {
    if (stage.has("photos")) {
      return DegradedPhotos.of(stage.path("photos"), Presets.named(stage.text("preset")));
    }
    PatchSet patches = PatchSet.of(stage.path("patches"));
    log.printf("%d patches%n", patches.size());
    return patches;
  }

  private void grow(
      ModelDescription description, Map<String, FloatTensor> values, Scope autoencoder)
      throws IOException {
    Architecture larger =
        ModelBundle.open(stage.text("into"), stage.cacheFolder()).description().architecture();
    Map<String, FloatTensor> grown =
        new GrownWeights(description.architecture(), larger, stage.number("seed"))
            .of(values, graphs(larger, autoencoder, values));
    Path file = stage.path("folder").resolve("weights.safetensors");
    Files.createDirectories(stage.path("folder"));
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    grown.forEach((key, value) -> writer.add(key, value, ElementType.F32));
    writer.write(file);
    log.printf("weights: %s%n", file);
  }

  private void makeFusionData(RestorerModel model, Map<String, FloatTensor> values)
      throws IOException {
    SamplingOptions sampling =
        new SamplingOptions(
            SamplerKind.DDPM,
            (int) stage.number("steps"),
            0,
            StartPoint.LR_LATENT,
            TIMESTEPS - 1,
            1,
            0,
            1,
            DdimTables.CONSISTENT,
            GaussianCentre.SYMMETRIC,
            TimestepSpacing.LINSPACE,
            DeepCache.OFF,
            GuidanceInterval.ALL,
            FlatTiles.OFF);
    try (TensorEngine engine =
            TensorEngine.open(
                ComputeDevice.parse(stage.text("device")), (int) stage.number("threads"));
        TrainableWeights weights = engine.trainable(values);
        TrainableWeights.Replica replica = weights.replica(key -> false);
        RestorerNetworks networks =
            new RestorerNetworks(model, engine, replica, stage.compileOptions(), 0)) {
      new FusionData(
              stage.path("folder"),
              DegradedPhotos.of(stage.path("photos"), Presets.named(stage.text("preset"))),
              networks,
              sampling,
              (int) stage.number("side"),
              stage.number("seed"))
          .run((int) stage.number("count"), log, stopped);
    }
  }

  private void export(ModelDescription description, Map<String, FloatTensor> values)
      throws IOException {
    Graphs graphs = new Graphs(description.architecture());
    BundleExport.write(
        stage.path("folder"),
        values,
        List.of(graphs.denoiser(Extent.TILE)),
        List.of(graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE), graphs.fusingDecoder(Extent.TILE)),
        description.nullContext().orElse("null_context"),
        Path.of(stage.text("model")));
    log.printf("bundle: %s%n", stage.path("folder"));
  }
}
