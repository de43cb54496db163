package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Diffusion training as published: of the time-aware encoder and the modulation layers alone, with
 * the prior frozen (Stage 1), or of the whole denoiser from scratch.
 *
 * @param pictures examples
 * @param count examples per share
 * @param side of an example in pixels
 * @param trained which weights are trained
 */
record DenoisingObjective(PictureSource pictures, int count, int side, Predicate<String> trained)
    implements Objective<RestorerNetworks> {
  /** What Stage 1 trains: the encoder and the modulation layers, stored under {@code spade}. */
  static final Predicate<String> STAGE_1 =
      key ->
          key.startsWith("structcond_stage_model.")
              || (key.startsWith("model.diffusion_model.") && key.contains(".spade."));

  /** The UNet without what Stage 1 adds to it. */
  static final Predicate<String> PRIOR =
      key -> key.startsWith("model.diffusion_model.") && !key.contains(".spade.");

  /** Everything that denoises. */
  static final Predicate<String> WHOLE =
      key -> key.startsWith("structcond_stage_model.") || key.startsWith("model.diffusion_model.");

  @Override
  public boolean trains(String key) {
    return trained.test(key);
  }

  @Override
  public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
    PatchBatch batch = pictures.draw(random, count, side);
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor good = networks.posterior(scope, scope.upload(batch.groundTruth()), random);
      DeviceTensor poor = networks.posterior(scope, scope.upload(batch.source()), random);
      DeviceTensor noise = Draws.normal(scope, random, good.shape());
      int[] timesteps = new int[count];
      for (int i = 0; i < count; i++) {
        timesteps[i] = random.nextInt(networks.model().schedule().size());
      }
      DeviceTensor loss = DenoisingStep.of(networks, scope, good, poor, noise, timesteps).loss();
      loss.backward();
      return Map.of("loss", (double) loss.item());
    }
  }
}
