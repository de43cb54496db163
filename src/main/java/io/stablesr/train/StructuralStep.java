package io.stablesr.train;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelDescription.Posterior;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One step of Stage 1 on given latents, without the optimiser: its loss and all gradients. */
public final class StructuralStep {
  private StructuralStep() {}

  /**
   * What enters the step.
   *
   * @param good latent of the good picture, scaled {@code [N,4,h,w]}
   * @param poor latent of the low-quality picture, scaled
   * @param noise unit normals
   * @param context of the prompt {@code [N,L,C]}
   * @param timesteps one per entry
   */
  public record Inputs(
      FloatTensor good,
      FloatTensor poor,
      FloatTensor noise,
      FloatTensor context,
      List<Integer> timesteps) {}

  /**
   * What comes out.
   *
   * @param noisy {@code x_t}
   * @param loss mean squared error
   * @param gradients by key, of the trained weights only
   */
  public record Result(FloatTensor noisy, float loss, Map<String, FloatTensor> gradients) {}

  /** Computes the step with the time-aware encoder and the modulation layers trained. */
  public static Result compute(
      TensorEngine engine,
      Architecture architecture,
      Parameterization parameterization,
      Weights weights,
      Inputs inputs) {
    RestorerModel model =
        new RestorerModel(
            architecture,
            parameterization,
            1,
            NoiseSchedule.stableDiffusion(),
            inputs.context(),
            1,
            Graphs.FIRST_STAGE_SCOPE,
            Posterior.SAMPLE);
    int[] timesteps = inputs.timesteps().stream().mapToInt(Integer::intValue).toArray();
    try (TrainableWeights live = engine.trainable(values(architecture, weights));
        TrainableWeights.Replica replica = live.replica(DenoisingObjective.STAGE_1);
        RestorerNetworks networks =
            new RestorerNetworks(model, engine, replica, CompileOptions.EXACT, 0);
        TensorScope scope = engine.scope()) {
      TensorEngine.recordGradients(TensorEngine.Recording.ON);
      DenoisingStep step =
          DenoisingStep.of(
              networks,
              scope,
              scope.upload(inputs.good()),
              scope.upload(inputs.poor()),
              scope.upload(inputs.noise()),
              timesteps);
      FloatTensor noisy = step.noisy().download();
      step.loss().backward();
      Map<String, FloatTensor> gradients = new LinkedHashMap<>();
      replica.trained().forEach(key -> gradients.put(key, replica.gradient(key)));
      return new Result(noisy, step.loss().item(), gradients);
    }
  }

  private static Map<String, FloatTensor> values(Architecture architecture, Weights weights) {
    Graph denoiser = new Graphs(architecture).denoiser(Extent.TILE);
    Map<String, FloatTensor> values = new LinkedHashMap<>();
    denoiser.parameters().keySet().forEach(key -> values.put(key, weights.get(key).toFloats()));
    return values;
  }
}
