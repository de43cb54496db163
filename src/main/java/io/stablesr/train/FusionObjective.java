package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.PatchDiscriminator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Stage 2, the fusion layers of the decoder (paper section 3.2): L1 of the picture that is decoded
 * from a generated latent with the features of the low-quality picture, plus a perceptual distance
 * where one is given, plus {@code 0.025} times the adversarial loss once the discriminator has had
 * its first steps.
 *
 * @param pairs examples with generated latents
 * @param count examples per share
 * @param perceptual distance of pictures; none where {@link PerceptualLoss#NONE}
 * @param adversarialWeight published 0.025
 * @param adversarialStart step at which the discriminator starts to count, published 501
 */
record FusionObjective(
    FusionPairs pairs,
    int count,
    PerceptualLoss perceptual,
    double adversarialWeight,
    long adversarialStart)
    implements Objective<RestorerNetworks> {
  @Override
  public boolean trains(String key) {
    return key.startsWith("decoder.fusion_layer_");
  }

  @Override
  public List<Objective<RestorerNetworks>> opponents() {
    return adversarialWeight > 0 ? List.of(new Judge()) : List.of();
  }

  @Override
  public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
    Losses losses = networks.losses();
    Map<String, Double> values = new LinkedHashMap<>();
    try (TensorScope scope = networks.engine().scope()) {
      FusionPairs.Batch batch = pairs.draw(random, count);
      DeviceTensor made = decode(networks, scope, batch);
      DeviceTensor target = scope.upload(batch.groundTruth());
      DeviceTensor loss = losses.absolute(scope, made, target);
      values.put("level", (double) loss.item());
      if (perceptual != PerceptualLoss.NONE) {
        DeviceTensor distance = perceptual.of(scope, made, target);
        values.put("perceptual", (double) distance.item());
        loss = losses.mix(scope, 1, loss, 1, distance);
      }
      if (adversarialWeight > 0 && step >= adversarialStart) {
        DeviceTensor judgement = losses.mean(scope, networks.judges().judge(scope, made));
        values.put("judgement", (double) judgement.item());
        loss = losses.mix(scope, 1, loss, -adversarialWeight, judgement);
      }
      loss.backward();
      return values;
    }
  }

  private static DeviceTensor decode(
      RestorerNetworks networks, TensorScope scope, FusionPairs.Batch batch) {
    RestorerNetworks.Encoded encoded = networks.encode(scope, scope.upload(batch.input()));
    DeviceTensor w = scope.upload(FloatTensor.of(new float[] {1}, 1));
    return networks.decode(scope, scope.upload(batch.latent()), encoded.features(), w);
  }

  /** The discriminator's side. */
  private final class Judge implements Objective<RestorerNetworks> {
    @Override
    public boolean trains(String key) {
      return key.startsWith(PatchDiscriminator.SCOPE.prefix());
    }

    @Override
    public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
      if (step < adversarialStart) {
        return Map.of();
      }
      Losses losses = networks.losses();
      try (TensorScope scope = networks.engine().scope()) {
        FusionPairs.Batch batch = pairs.draw(random, count);
        TensorEngine.recordGradients(TensorEngine.Recording.OFF);
        DeviceTensor made = decode(networks, scope, batch);
        TensorEngine.recordGradients(TensorEngine.Recording.ON);
        DeviceTensor real =
            losses.real(scope, networks.judges().judge(scope, scope.upload(batch.groundTruth())));
        DeviceTensor fake = losses.fake(scope, networks.judges().judge(scope, made));
        DeviceTensor loss = losses.mix(scope, 0.5, real, 0.5, fake);
        loss.backward();
        return Map.of("discriminator", (double) loss.item());
      }
    }
  }
}
