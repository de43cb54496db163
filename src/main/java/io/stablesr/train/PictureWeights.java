package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;

/**
 * Weights of the parts of a picture's loss besides the levels, whose weight is 1. The perceptual
 * and the adversarial part count in proportion to 1 - w: they make crisp what need not be faithful.
 *
 * @param gradient of differences between neighbours
 * @param perceptual of the distance of activations
 * @param perceptualTeacherShare of the teacher in what the perceptual part compares with; the rest
 *     is the ground truth
 * @param adversarial of the discriminator's judgement
 * @param adversarialTeacherShare share of the steps whose real pictures are the teacher's; in the
 *     others they are the ground truth
 * @param adversarialStart first step that counts the judgement; the discriminator learns from the
 *     first step on
 * @param discriminatorRate factor of the learning rate for the discriminator
 */
record PictureWeights(
    double gradient,
    double perceptual,
    double perceptualTeacherShare,
    double adversarial,
    double adversarialTeacherShare,
    long adversarialStart,
    double discriminatorRate) {
  /** Checks the values. */
  PictureWeights {
    requireNotNegative("gradient-weight", gradient);
    requireNotNegative("perceptual-weight", perceptual);
    requireNotNegative("adversarial-weight", adversarial);
    requireNotNegative("discriminator.rate-factor", discriminatorRate);
    requireShare("perceptual-teacher-share", perceptualTeacherShare);
    requireShare("adversarial-teacher-share", adversarialTeacherShare);
  }

  private static void requireShare(String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be 0..1.".formatted(key, value));
    }
  }

  private static void requireNotNegative(String key, double value) {
    if (!(value >= 0)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %s; it must be 0 or more.".formatted(key, value));
    }
  }
}
