package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableNetwork;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.network.PerceptualTrunk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Losses, and the networks that judge pictures, over one replica of the weights. */
final class CriticNetworks implements AutoCloseable {
  private final TensorEngine engine;
  private final Losses losses;
  private final Critics critics;
  private final Function<Graph, TrainableNetwork> compiler;
  private final Map<String, TrainableNetwork> compiled = new LinkedHashMap<>();
  private final Map<String, FloatTensor> kept = new LinkedHashMap<>();

  CriticNetworks(
      TensorEngine engine,
      TrainableWeights.Replica replica,
      CompileOptions options,
      Losses losses,
      Critics critics) {
    this.engine = engine;
    this.losses = losses;
    this.critics = critics;
    this.compiler = graph -> engine.trainable(graph, replica, options);
  }

  /** A network, compiled when it is first needed. */
  private TrainableNetwork network(String name, Supplier<Graph> graph) {
    return compiled.computeIfAbsent(name, unused -> compiler.apply(graph.get()));
  }

  TensorEngine engine() {
    return engine;
  }

  Losses losses() {
    return losses;
  }

  /** Judges pictures {@code [N,3,H,W]} in -1..1, higher for real ones. */
  DeviceTensor judge(TensorScope scope, DeviceTensor picture) {
    return network("discriminator", () -> critics.discriminator().graph(Critics.RECORDED_PIXELS))
        .run(scope, Map.of("picture", picture))
        .get("judgement");
  }

  /** The activations of the perceptual trunk for pictures {@code [N,3,H,W]} in -1..1. */
  List<DeviceTensor> activations(TensorScope scope, DeviceTensor picture) {
    DeviceTensor x = losses.trunkInput(scope, picture, critics.trunkInput());
    return List.copyOf(
        network("trunk", PerceptualTrunk.SQUEEZE::graph).run(scope, Map.of("x", x)).values());
  }

  /** How much each channel of an activation counts in the perceptual distance. */
  FloatTensor head(int layer) {
    return critics.heads().get(layer);
  }

  /** Keeps a tensor for the next objective of the same step. */
  void keep(String name, FloatTensor tensor) {
    kept.put(name, tensor);
  }

  /** Takes what was kept, once. */
  Optional<FloatTensor> take(String name) {
    return Optional.ofNullable(kept.remove(name));
  }

  @Override
  public void close() {
    losses.close();
    compiled.values().forEach(TrainableNetwork::close);
  }
}
