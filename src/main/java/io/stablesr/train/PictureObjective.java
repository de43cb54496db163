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
 * be near the ground truth; between them in proportion. A perceptual distance and a discriminator,
 * whose real pictures are the teacher's or the ground truth, may sharpen what is decoded with
 * little fusion.
 *
 * @param patches examples
 * @param count pieces per share
 * @param side of a piece in pixels
 * @param parts weights of the parts of the loss
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
    PictureWeights parts,
    double crispShare,
    double faithfulShare,
    double fusedShare,
    double ownShare,
    double denoiserShare,
    Predicate<String> trained)
    implements Objective<RestorerNetworks> {

  @Override
  public boolean trains(String key) {
    return trained.test(key);
  }

  @Override
  public List<Objective<RestorerNetworks>> opponents() {
    return parts.adversarial() > 0
        ? List.of(new PatchJudge<>(parts.discriminatorRate()))
        : List.of();
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
      DeviceTensor teacher = scope.upload(batch.teacher());
      DeviceTensor truth = scope.upload(batch.groundTruth());
      DeviceTensor target =
          losses.mix(
              scope, teacherShare(scope, weights), teacher, truthShare(scope, weights), truth);
      DeviceTensor made = losses.color(scope, decoded, source);
      DeviceTensor loss = losses.picture(scope, made, target, parts.gradient()).get(0);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(fused ? "fused" : "plain", (double) loss.item());
      if (needsCritics() && anyBelowOne(weights)) {
        DeviceTensor inside = losses.inside(scope, made);
        DeviceTensor painted = losses.inside(scope, teacher);
        DeviceTensor freedom = freedom(scope, weights);
        loss = perceptual(networks, scope, loss, inside, painted, truth, freedom, values, random);
        loss = adversarial(networks, scope, loss, inside, freedom, values, step);
        if (parts.adversarial() > 0) {
          DeviceTensor real = fromTeacher(random) ? painted : losses.inside(scope, truth);
          PatchJudge.show(networks.judges(), inside, real, freedom);
        }
      }
      loss.backward();
      return values;
    }
  }

  private boolean fromTeacher(RandomGenerator random) {
    double share = parts.adversarialTeacherShare();
    return share == 1 || (share > 0 && random.nextDouble() < share);
  }

  private boolean needsCritics() {
    return parts.perceptual() > 0 || parts.adversarial() > 0;
  }

  private static boolean anyBelowOne(float[] weights) {
    for (float weight : weights) {
      if (weight < 1) {
        return true;
      }
    }
    return false;
  }

  private static DeviceTensor freedom(TensorScope scope, float[] weights) {
    float[] freedom = new float[weights.length];
    for (int i = 0; i < freedom.length; i++) {
      freedom[i] = 1 - weights[i];
    }
    return RestorerNetworks.perEntry(scope, freedom);
  }

  private DeviceTensor perceptual(
      RestorerNetworks networks,
      TensorScope scope,
      DeviceTensor loss,
      DeviceTensor made,
      DeviceTensor teacher,
      DeviceTensor truth,
      DeviceTensor freedom,
      Map<String, Double> values,
      RandomGenerator random) {
    if (parts.perceptual() == 0) {
      return loss;
    }
    PerceptualPart.Sum sum =
        new PerceptualPart(parts.perceptual(), parts.perceptualTeacherShare())
            .added(
                networks.judges(),
                scope,
                loss,
                new PerceptualPart.Pictures(
                    made, teacher, networks.losses().inside(scope, truth), freedom),
                random);
    values.put("perceptual", sum.distance());
    return sum.loss();
  }

  private DeviceTensor adversarial(
      RestorerNetworks networks,
      TensorScope scope,
      DeviceTensor loss,
      DeviceTensor made,
      DeviceTensor freedom,
      Map<String, Double> values,
      long step) {
    if (parts.adversarial() == 0 || step < parts.adversarialStart()) {
      return loss;
    }
    Losses losses = networks.losses();
    DeviceTensor judgement = losses.shared(scope, networks.judges().judge(scope, made), freedom);
    values.put("judgement", (double) judgement.item());
    return losses.mix(scope, 1, loss, -parts.adversarial(), judgement);
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
