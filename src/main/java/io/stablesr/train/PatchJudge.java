package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.PatchDiscriminator;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The discriminator's side, on the pictures that were just made: they are handed over by {@link
 * #show}.
 *
 * @param <N> the networks of the run
 * @param rateFactor of the learning rate
 */
record PatchJudge<N extends TrainedNetworks>(double rateFactor) implements Objective<N> {
  private static final String MADE = "made";
  private static final String REAL = "real";
  private static final String FREEDOM = "freedom";

  /**
   * Keeps pictures {@code [N,3,H,W]} in -1..1 for the step of the discriminator.
   *
   * @param freedom how much each entry counts, {@code [N,1,1,1]}
   */
  static void show(
      CriticNetworks judges, DeviceTensor made, DeviceTensor real, DeviceTensor freedom) {
    judges.keep(MADE, made.download());
    judges.keep(REAL, real.download());
    judges.keep(FREEDOM, freedom.download());
  }

  @Override
  public boolean trains(String key) {
    return key.startsWith(PatchDiscriminator.SCOPE.prefix());
  }

  @Override
  public Map<String, Double> share(N networks, RandomGenerator random, long step) {
    CriticNetworks judges = networks.judges();
    Optional<FloatTensor> made = judges.take(MADE);
    if (made.isEmpty()) {
      return Map.of();
    }
    Losses losses = judges.losses();
    try (TensorScope scope = judges.engine().scope()) {
      DeviceTensor freedom = scope.upload(judges.take(FREEDOM).orElseThrow());
      DeviceTensor real = scope.upload(judges.take(REAL).orElseThrow());
      DeviceTensor loss =
          losses.mix(
              scope,
              0.5,
              losses.real(scope, judges.judge(scope, real), freedom),
              0.5,
              losses.fake(scope, judges.judge(scope, scope.upload(made.get())), freedom));
      loss.backward();
      return Map.of("discriminator", (double) loss.item());
    }
  }
}
