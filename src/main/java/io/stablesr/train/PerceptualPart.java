package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The distance of activations from those of the teacher's picture and of the ground truth (Zhang et
 * al. 2018; with the learned heads it is LPIPS).
 *
 * @param weight of the distance in a loss
 * @param teacherShare of the teacher in what is compared with; the rest is the ground truth
 */
record PerceptualPart(double weight, double teacherShare) {
  private static final int TRUNK_STRIDE = 8;

  /**
   * The pictures to be compared, {@code [N,3,H,W]} in -1..1 without their border.
   *
   * @param freedom how much each entry counts, {@code [N,1,1,1]}
   */
  record Pictures(
      DeviceTensor made, DeviceTensor teacher, DeviceTensor truth, DeviceTensor freedom) {}

  /**
   * The sum.
   *
   * @param loss with the weighted distance added
   * @param distance without its weight
   */
  record Sum(DeviceTensor loss, double distance) {}

  /** Adds the distance to {@code loss}. */
  Sum added(
      CriticNetworks judges,
      TensorScope scope,
      DeviceTensor loss,
      Pictures pictures,
      RandomGenerator random) {
    Losses losses = judges.losses();
    // The trunk's strides would otherwise always meet the same phase of the decoder's 4 pixel grid,
    // and patterns of that period be learned for what they do to the distance.
    int top = random.nextInt(TRUNK_STRIDE);
    int left = random.nextInt(TRUNK_STRIDE);
    List<DeviceTensor> activations =
        judges.activations(scope, losses.beyond(scope, pictures.made(), top, left));
    DeviceTensor total = loss;
    double sum = 0;
    for (int i = 0; i < 2; i++) {
      double part = i == 0 ? teacherShare : 1 - teacherShare;
      if (part > 0) {
        DeviceTensor target = i == 0 ? pictures.teacher() : pictures.truth();
        TensorEngine.recordGradients(TensorEngine.Recording.OFF);
        List<DeviceTensor> wanted =
            judges.activations(scope, losses.beyond(scope, target, top, left));
        TensorEngine.recordGradients(TensorEngine.Recording.ON);
        for (int layer = 0; layer < wanted.size(); layer++) {
          DeviceTensor unlike =
              losses.unlike(
                  scope,
                  activations.get(layer),
                  wanted.get(layer),
                  judges.head(layer),
                  pictures.freedom());
          sum += part * unlike.item();
          total = losses.mix(scope, 1, total, part * weight, unlike);
        }
      }
    }
    return new Sum(total, sum);
  }
}
