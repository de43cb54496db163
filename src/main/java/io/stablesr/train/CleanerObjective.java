package io.stablesr.train;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The cleaned picture, near a blend of the teacher's and the ground truth; a perceptual distance
 * and a discriminator, whose real pictures are the ground truths, may sharpen it.
 *
 * @param examples to draw pieces from
 * @param count pieces per share
 * @param side of a piece in pixels
 * @param teacherShare of the teacher in the blend
 * @param parts weights of the parts of the loss
 */
record CleanerObjective(
    CleanerExamples examples, int count, int side, double teacherShare, PictureWeights parts)
    implements Objective<CleanerNetworks> {
  @Override
  public boolean trains(String key) {
    return key.startsWith("body.");
  }

  @Override
  public List<Objective<CleanerNetworks>> opponents() {
    return parts.adversarial() > 0
        ? List.of(new PatchJudge<>(parts.discriminatorRate()))
        : List.of();
  }

  @Override
  public Map<String, Double> share(CleanerNetworks networks, RandomGenerator random, long step) {
    CleanerBatch batch =
        CleanerBatch.draw(examples, random, count, side).forScale(networks.scale());
    CriticNetworks judges = networks.judges();
    Losses losses = judges.losses();
    Map<String, Double> values = new LinkedHashMap<>();
    try (TensorScope scope = judges.engine().scope()) {
      DeviceTensor made = networks.clean(scope, scope.upload(batch.lowQuality()));
      DeviceTensor teacher = scope.upload(batch.teacher());
      DeviceTensor truth = scope.upload(batch.groundTruth());
      DeviceTensor target = losses.mix(scope, teacherShare, teacher, 1 - teacherShare, truth);
      DeviceTensor loss = losses.picture(scope, made, target, parts.gradient()).get(0);
      values.put("loss", (double) loss.item());
      DeviceTensor inside = losses.inside(scope, made);
      DeviceTensor real = losses.inside(scope, truth);
      DeviceTensor all = scope.upload(new float[] {1}, 1);
      if (parts.perceptual() > 0) {
        PerceptualPart.Sum sum =
            new PerceptualPart(parts.perceptual(), parts.perceptualTeacherShare())
                .added(
                    judges,
                    scope,
                    loss,
                    new PerceptualPart.Pictures(inside, losses.inside(scope, teacher), real, all),
                    random);
        values.put("perceptual", sum.distance());
        loss = sum.loss();
      }
      if (parts.adversarial() > 0) {
        if (step >= parts.adversarialStart()) {
          DeviceTensor judgement = losses.mean(scope, judges.judge(scope, inside));
          values.put("judgement", (double) judgement.item());
          loss = losses.mix(scope, 1, loss, -parts.adversarial(), judgement);
        }
        PatchJudge.show(judges, inside, real, all);
      }
      loss.backward();
      return values;
    }
  }
}
