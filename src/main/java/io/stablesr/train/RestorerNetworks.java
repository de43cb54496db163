package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DiffusionTables;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableNetwork;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelDescription.Posterior;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The networks of a restorer over one replica of its weights, and how they are put together. */
final class RestorerNetworks implements TrainedNetworks {
  private final RestorerModel model;
  private final TensorEngine engine;
  private final Losses losses;
  private final Graphs graphs;
  private final Function<Graph, TrainableNetwork> compiler;
  private final CriticNetworks judges;
  private final Map<String, TrainableNetwork> compiled = new LinkedHashMap<>();

  RestorerNetworks(
      RestorerModel model,
      TensorEngine engine,
      TrainableWeights.Replica replica,
      CompileOptions options,
      int borderPixels) {
    this(model, engine, replica, options, borderPixels, Critics.PUBLISHED);
  }

  RestorerNetworks(
      RestorerModel model,
      TensorEngine engine,
      TrainableWeights.Replica replica,
      CompileOptions options,
      int borderPixels,
      Critics critics) {
    this.model = model;
    this.engine = engine;
    this.losses = new Losses(engine, model.waveletLevels(), borderPixels);
    this.graphs = new Graphs(model.architecture());
    this.judges = new CriticNetworks(engine, replica, options, losses, critics);
    this.compiler = graph -> engine.trainable(graph, replica, options);
  }

  /** A network, compiled when it is first needed. */
  private TrainableNetwork network(String name, Supplier<Graph> graph) {
    return compiled.computeIfAbsent(name, unused -> compiler.apply(graph.get()));
  }

  /**
   * An encoded picture.
   *
   * @param moments of its posterior
   * @param latent the scaled mean
   * @param features for the fusing decoder, by the name of its input
   */
  record Encoded(DeviceTensor moments, DeviceTensor latent, Map<String, DeviceTensor> features) {}

  @Override
  public CriticNetworks judges() {
    return judges;
  }

  RestorerModel model() {
    return model;
  }

  TensorEngine engine() {
    return engine;
  }

  Losses losses() {
    return losses;
  }

  /** Encodes pictures {@code [N,3,H,W]} in -1..1. */
  Encoded encode(TensorScope scope, DeviceTensor picture) {
    Map<String, DeviceTensor> out =
        network("encoder", () -> graphs.encoder(Extent.TILE, model.autoencoder()))
            .run(scope, Map.of("picture", picture));
    Map<String, DeviceTensor> features = new LinkedHashMap<>(out);
    DeviceTensor moments = features.remove("moments");
    return new Encoded(moments, losses.latent(scope, moments, model.latentScale()), features);
  }

  /** The scaled latent of pictures, taken from the posterior as the model wants it. */
  DeviceTensor posterior(TensorScope scope, DeviceTensor picture, RandomGenerator random) {
    Encoded encoded = encode(scope, picture);
    if (model.posterior() == Posterior.MODE) {
      return encoded.latent();
    }
    DeviceTensor noise = Draws.normal(scope, random, encoded.latent().shape());
    return losses.sample(scope, encoded.moments(), noise, model.latentScale());
  }

  /** Decodes scaled latents without fusion. */
  DeviceTensor decode(TensorScope scope, DeviceTensor latent) {
    DeviceTensor plain = losses.scaled(scope, latent, 1 / model.latentScale());
    return network("decoder", () -> graphs.decoder(Extent.TILE, model.autoencoder()))
        .run(scope, Map.of("latent", plain))
        .get("picture");
  }

  /**
   * Decodes scaled latents with fusion.
   *
   * @param weight w as one value or as {@code [N,1,1,1]}
   */
  DeviceTensor decode(
      TensorScope scope,
      DeviceTensor latent,
      Map<String, DeviceTensor> features,
      DeviceTensor weight) {
    Map<String, DeviceTensor> inputs = new LinkedHashMap<>(features);
    inputs.put("latent", losses.scaled(scope, latent, 1 / model.latentScale()));
    inputs.put("w", weight);
    return network("fusing-decoder", () -> graphs.fusingDecoder(Extent.TILE))
        .run(scope, inputs)
        .get("picture");
  }

  /** The raw output of the denoiser at timesteps {@code [N]}. */
  DeviceTensor predict(TensorScope scope, DeviceTensor x, DeviceTensor zLr, int[] timesteps) {
    float[] t = new float[timesteps.length];
    for (int i = 0; i < t.length; i++) {
      t[i] = timesteps[i];
    }
    return network("denoiser", () -> graphs.denoiser(Extent.TILE))
        .run(
            scope,
            Map.of(
                "x",
                x,
                "z",
                zLr,
                "t",
                scope.upload(t, t.length),
                "context",
                scope.upload(model.context())))
        .get("out");
  }

  /** {@code sqrt(ac_t) x0 + sqrt(1 - ac_t) noise}. */
  DeviceTensor noised(TensorScope scope, DeviceTensor x0, DeviceTensor noise, int[] timesteps) {
    return losses.mix(scope, signal(scope, timesteps), x0, noiseShare(scope, timesteps), noise);
  }

  /** The clean latent that an output of the denoiser stands for. */
  DeviceTensor clean(
      TensorScope scope, DeviceTensor x, DeviceTensor zLr, DeviceTensor out, int[] timesteps) {
    if (model.parameterization() instanceof Parameterization.LrResidual residual) {
      return losses.mix(scope, 1, zLr, residual.residualScale(), out);
    }
    DiffusionTables tables = model.schedule().tables();
    float[] a = new float[timesteps.length];
    float[] b = new float[timesteps.length];
    boolean velocity = model.parameterization() instanceof Parameterization.V;
    for (int i = 0; i < a.length; i++) {
      float signal = tables.sqrtAlphaCumprod(timesteps[i]);
      float noise = tables.sqrtOneMinusAlphaCumprod(timesteps[i]);
      a[i] = velocity ? signal : 1 / signal;
      b[i] = velocity ? -noise : -noise / signal;
    }
    return losses.mix(scope, perEntry(scope, a), x, perEntry(scope, b), out);
  }

  /** DDIM without fresh noise over {@code timesteps}, highest first, from the noised LR latent. */
  DeviceTensor sample(
      TensorScope scope, DeviceTensor zLr, DeviceTensor noise, List<Integer> steps) {
    int count = zLr.dim(0);
    DeviceTensor x = noised(scope, zLr, noise, all(count, steps.get(0)));
    DeviceTensor x0 = x;
    for (int i = 0; i < steps.size(); i++) {
      int[] t = all(count, steps.get(i));
      x0 = clean(scope, x, zLr, predict(scope, x, zLr, t), t);
      if (i + 1 < steps.size()) {
        DiffusionTables tables = model.schedule().tables();
        double signal = tables.sqrtAlphaCumprod(steps.get(i));
        double rest = tables.sqrtOneMinusAlphaCumprod(steps.get(i));
        DeviceTensor eps = losses.mix(scope, 1 / rest, x, -signal / rest, x0);
        x = noised(scope, x0, eps, all(count, steps.get(i + 1)));
      }
    }
    return x0;
  }

  private DeviceTensor signal(TensorScope scope, int[] timesteps) {
    float[] values = new float[timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = model.schedule().tables().sqrtAlphaCumprod(timesteps[i]);
    }
    return perEntry(scope, values);
  }

  private DeviceTensor noiseShare(TensorScope scope, int[] timesteps) {
    float[] values = new float[timesteps.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = model.schedule().tables().sqrtOneMinusAlphaCumprod(timesteps[i]);
    }
    return perEntry(scope, values);
  }

  /** A tensor {@code [N,1,1,1]}. */
  static DeviceTensor perEntry(TensorScope scope, float[] values) {
    return scope.upload(FloatTensor.of(values, values.length, 1, 1, 1));
  }

  /** The same timestep for every entry. */
  static int[] all(int count, int timestep) {
    int[] timesteps = new int[count];
    java.util.Arrays.fill(timesteps, timestep);
    return timesteps;
  }

  @Override
  public void close() {
    judges.close();
    compiled.values().forEach(TrainableNetwork::close);
  }
}
