package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.Precision;
import io.stablesr.train.StructuralStep;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;

/**
 * 16: one step of Stage 1, without the optimiser: {@code z_gt, z_lq, noise, t, context} to {@code
 * x_noisy}, {@code loss}, {@code grad/<key>} and the norms {@code gradnorm/<key>}. The file's name
 * ends in the parameterisation.
 */
final class TrainingReplayer implements Replayer {
  /** Biases that a normalisation takes out again have gradients of pure rounding error. */
  private static final Tolerance TOLERANCE = Tolerance.relativeOrBelow(1e-4, 1e-8);

  @Override
  public void replay(Path file, Replay replay) {
    if (replay.networks().precision() != Precision.FP32) {
      replay.skip("gradients are compared in fp32 only");
      return;
    }
    boolean velocity = file.getFileName().toString().contains("_v.");
    StructuralStep.Inputs inputs =
        new StructuralStep.Inputs(
            replay.input("z_gt"),
            replay.input("z_lq"),
            replay.input("noise"),
            replay.input("context"),
            Arrays.stream(replay.golden().doubles("t")).mapToObj(t -> (int) t).toList());
    StructuralStep.Result result =
        replay
            .networks()
            .trainingStep(velocity ? new Parameterization.V() : new Parameterization.Eps(), inputs);
    replay.check("x_noisy", result.noisy(), replay.tolerances().arithmetic());
    replay.check("loss", new double[] {result.loss()}, TOLERANCE);
    for (Matcher name : replay.golden().matching("grad/(.+)")) {
      FloatTensor gradient = result.gradients().get(name.group(1));
      if (gradient == null) {
        replay.fail(name.group(), TOLERANCE, "this weight is not trained here");
      } else {
        replay.check(name.group(), gradient, TOLERANCE);
      }
    }
    for (Matcher name : replay.golden().matching("gradnorm/(.+)")) {
      FloatTensor gradient = result.gradients().get(name.group(1));
      if (gradient == null) {
        replay.fail(name.group(), TOLERANCE, "this weight is not trained here");
      } else {
        replay.check(name.group(), new double[] {norm(gradient)}, TOLERANCE);
      }
    }
    int recorded = replay.golden().matching("gradnorm/(.+)").size();
    replay.check("trained weights", new int[] {result.gradients().size()}, new int[] {recorded});
  }

  private static double norm(FloatTensor gradient) {
    double sum = 0;
    for (float value : gradient.data()) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
