package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.NoiseDraw;
import io.stablesr.diffusion.NoiseSource;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.RecordedNoise;
import io.stablesr.diffusion.ReferenceGuidance;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sampling with recorded noise.
 *
 * @param networks the model
 * @param parameterization what its output means
 * @param tileLatents side of a tile
 * @param context positive context {@code [K,L,C]}
 * @param negative negative context
 */
record RecordedRun(
    Networks networks,
    Parameterization parameterization,
    int tileLatents,
    FloatTensor context,
    Optional<FloatTensor> negative) {

  /**
   * What a run went through, each {@code [N,4,h,w]}.
   *
   * @param latents after each step
   * @param predictions predicted clean latents
   * @param result the last latent
   */
  record Trajectory(List<FloatTensor> latents, List<FloatTensor> predictions, FloatTensor result) {}

  /**
   * Samples all images at once.
   *
   * @param draws batches {@code [N,4,h,w]}: the start, then one for each step
   */
  Trajectory sample(
      FloatTensor zLr,
      SamplingOptions options,
      List<FloatTensor> draws,
      Optional<ReferenceGuidance> reference) {
    List<NoiseSource> noise = new ArrayList<>();
    for (int image = 0; image < zLr.dim(0); image++) {
      Map<NoiseDraw, FloatTensor> own = new HashMap<>();
      own.put(NoiseDraw.START, Slices.entry(draws.get(0), image));
      for (int k = 0; k + 1 < draws.size(); k++) {
        own.put(NoiseDraw.step(k), Slices.entry(draws.get(k + 1), image));
      }
      noise.add(new RecordedNoise(own));
    }
    List<FloatTensor> latents = new ArrayList<>();
    List<FloatTensor> predictions = new ArrayList<>();
    FloatTensor result =
        new LatentSampler(
                networks.schedule(),
                parameterization,
                tileLatents,
                new DenoiserPredictor(networks, context, negative))
            .sample(
                new LatentRequest(zLr, options, noise, reference),
                new SamplingListener() {
                  @Override
                  public void stepDone(int k, int timestep, FloatTensor x, FloatTensor x0) {
                    latents.add(x);
                    predictions.add(x0);
                  }
                });
    return new Trajectory(latents, predictions, result);
  }
}
