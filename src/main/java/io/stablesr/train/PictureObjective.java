package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The restored picture itself: denoiser, decoder and fusion together, through the colour
 * correction. Without fusion the picture shall be like the teacher's; with fusion in full it shall
 * be near the ground truth; between them in proportion.
 *
 * @param patches examples
 * @param count pieces per share
 * @param side of a piece in pixels
 * @param gradientWeight of differences between neighbours
 * @param crispShare of the teacher in the target without fusion
 * @param faithfulShare of the teacher in the target with full fusion
 * @param fusedShare of the shares that are decoded with fusion
 * @param ownShare of the shares whose noisy latents come from the denoiser's own result
 * @param denoiserShare of the shares whose gradient reaches the denoiser; others cost less
 * @param trained which weights are trained
 */
record PictureObjective(
    PictureSource patches,
    int count,
    int side,
    double gradientWeight,
    double crispShare,
    double faithfulShare,
    double fusedShare,
    double ownShare,
    double denoiserShare,
    Predicate<String> trained)
    implements Objective {
  @Override
  public boolean trains(String key) {
    return trained.test(key);
  }

  @Override
  public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
    PatchBatch batch = patches.draw(random, count, side);
    boolean fused = random.nextDouble() < fusedShare;
    boolean reachesDenoiser = random.nextDouble() < denoiserShare;
    Losses losses = networks.losses();
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor source = scope.upload(batch.source());
      RestorerNetworks.Encoded encoded = networks.encode(scope, source);
      DeviceTensor latent = restored(networks, scope, encoded.latent(), random, reachesDenoiser);
      float[] weights = new float[count];
      for (int i = 0; i < count; i++) {
        weights[i] = fused ? (random.nextInt(3) > 0 ? 1 : random.nextFloat()) : 0;
      }
      DeviceTensor w = RestorerNetworks.perEntry(scope, weights);
      DeviceTensor decoded =
          fused
              ? networks.decode(scope, latent, encoded.features(), w)
              : networks.decode(scope, latent);
      DeviceTensor target =
          losses.mix(
              scope,
              teacherShare(scope, weights),
              scope.upload(batch.teacher()),
              truthShare(scope, weights),
              scope.upload(batch.groundTruth()));
      List<DeviceTensor> parts =
          losses.picture(scope, losses.color(scope, decoded, source), target, gradientWeight);
      parts.get(0).backward();
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(fused ? "fused" : "plain", (double) parts.get(0).item());
      return values;
    }
  }

  private DeviceTensor restored(
      RestorerNetworks networks,
      TensorScope scope,
      DeviceTensor zLr,
      RandomGenerator random,
      boolean reachesDenoiser) {
    int steps = networks.model().schedule().size();
    DeviceTensor noise = Draws.normal(scope, random, zLr.shape());
    int[] top = RestorerNetworks.all(count, steps - 1);
    boolean own = random.nextDouble() < ownShare;
    if (own || !reachesDenoiser) {
      TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    }
    DeviceTensor x = networks.noised(scope, zLr, noise, top);
    DeviceTensor latent = networks.clean(scope, x, zLr, networks.predict(scope, x, zLr, top), top);
    if (own) {
      int[] t = Draws.timesteps(random, count, steps);
      x = networks.noised(scope, latent, noise, t);
      if (reachesDenoiser) {
        TensorEngine.recordGradients(TensorEngine.Recording.ON);
      }
      latent = networks.clean(scope, x, zLr, networks.predict(scope, x, zLr, t), t);
    }
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    return latent;
  }

  private DeviceTensor teacherShare(TensorScope scope, float[] weights) {
    float[] shares = new float[count];
    for (int i = 0; i < count; i++) {
      shares[i] = (float) ((1 - weights[i]) * crispShare + weights[i] * faithfulShare);
    }
    return RestorerNetworks.perEntry(scope, shares);
  }

  private DeviceTensor truthShare(TensorScope scope, float[] weights) {
    float[] shares = new float[count];
    for (int i = 0; i < count; i++) {
      shares[i] = (float) (1 - (1 - weights[i]) * crispShare - weights[i] * faithfulShare);
    }
    return RestorerNetworks.perEntry(scope, shares);
  }
}
