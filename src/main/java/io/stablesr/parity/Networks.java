package io.stablesr.parity;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.train.StructuralStep;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The model beside the recorded files. Nothing is opened before it is needed, each network is
 * compiled once.
 */
final class Networks implements AutoCloseable {
  /** The networks of a model. */
  enum Network {
    /** Condition encoder and UNet. */
    DENOISER,
    /** The time-aware encoder alone. */
    CONDITION_ENCODER,
    /** Encoder of the autoencoder with CFW. */
    ENCODER,
    /** Its decoder without fusion. */
    PLAIN_DECODER,
    /** Its decoder with fusion. */
    FUSING_DECODER,
    /** Decoder of the autoencoder inside the diffusion weights. */
    FIRST_STAGE_DECODER,
    /** The text tower. */
    TEXT_ENCODER;

    private Graph record(Graphs graphs) {
      return switch (this) {
        case DENOISER -> graphs.denoiser(Extent.TILE);
        case CONDITION_ENCODER -> graphs.conditionEncoder(Extent.TILE);
        case ENCODER -> graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE);
        case PLAIN_DECODER -> graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE);
        case FUSING_DECODER -> graphs.fusingDecoder(Extent.TILE);
        case FIRST_STAGE_DECODER -> graphs.decoder(Extent.TILE, Graphs.FIRST_STAGE_SCOPE);
        case TEXT_ENCODER -> graphs.textEncoder();
      };
    }
  }

  private final ParityOptions options;
  private final NoiseSchedule schedule = NoiseSchedule.stableDiffusion();
  private final ModelConfig config;
  private final WeightFolder folder;
  private final Map<Network, CompiledNetwork> compiled = new EnumMap<>(Network.class);
  private Architecture architecture;
  private Weights weights;
  private TensorEngine engine;

  Networks(ParityOptions options) {
    this.options = options;
    this.config = new ModelConfig(options.folder());
    this.folder = new WeightFolder(options.folder());
  }

  /** Files in the folder that describe the model and are no recordings. */
  Set<Path> modelFiles() {
    Set<Path> files = new LinkedHashSet<>(folder.files());
    files.add(options.folder().resolve(ModelConfig.FILE));
    return files;
  }

  Path recordedFolder() {
    return options.folder();
  }

  Precision precision() {
    return options.precision();
  }

  Tolerances tolerances() {
    return Tolerances.of(options.precision());
  }

  NoiseSchedule schedule() {
    return schedule;
  }

  float scaleFactor() {
    return config.scaleFactor();
  }

  Architecture architecture() {
    if (architecture == null) {
      architecture = config.architecture(weights());
    }
    return architecture;
  }

  Graphs graphs() {
    return new Graphs(architecture());
  }

  Weights weights() {
    if (weights == null) {
      weights = folder.weights();
    }
    return weights;
  }

  /** Evaluates a network of the model. */
  Map<String, FloatTensor> run(Network network, Map<String, FloatTensor> arguments) {
    CompiledNetwork program =
        compiled.computeIfAbsent(network, n -> compile(n.record(graphs()), weights()));
    return evaluate(program, arguments);
  }

  /** Evaluates a graph that is needed only once. */
  Map<String, FloatTensor> runOnce(
      Graph graph, Weights graphWeights, Map<String, FloatTensor> arguments) {
    try (CompiledNetwork program = compile(graph, graphWeights)) {
      return evaluate(program, arguments);
    }
  }

  /** {@link #runOnce} in fp32, whatever was asked for. */
  Map<String, FloatTensor> runOnceExactly(
      Graph graph, Weights graphWeights, Map<String, FloatTensor> arguments) {
    try (CompiledNetwork program = engine().compile(graph, graphWeights, CompileOptions.EXACT)) {
      return evaluate(program, arguments);
    }
  }

  /** One step of training Stage 1. */
  StructuralStep.Result trainingStep(
      Parameterization parameterization, StructuralStep.Inputs inputs) {
    return StructuralStep.compute(engine(), architecture(), parameterization, weights(), inputs);
  }

  /** For what brings its own networks. */
  TensorEngine engine() {
    if (engine == null) {
      engine = TensorEngine.open(ComputeDevice.CPU, options.threads());
    }
    return engine;
  }

  private CompiledNetwork compile(Graph graph, Weights graphWeights) {
    return engine()
        .compile(
            graph,
            graphWeights,
            CompileOptions.recommended(ComputeDevice.CPU, options.precision()));
  }

  private Map<String, FloatTensor> evaluate(
      CompiledNetwork program, Map<String, FloatTensor> arguments) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>();
      program.inputs().forEach(name -> inputs.put(name, scope.upload(arguments.get(name))));
      Map<String, FloatTensor> results = new HashMap<>();
      program.run(scope, inputs).forEach((name, value) -> results.put(name, value.download()));
      return results;
    }
  }

  @Override
  public void close() {
    compiled.values().forEach(CompiledNetwork::close);
    if (engine != null) {
      engine.close();
    }
    folder.close();
  }
}
