package io.stablesr.diffusion;

import io.stablesr.diffusion.DeepCache.Reach;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run evaluates in each of its steps, known before it begins.
 *
 * @param steps in the order of their evaluation, the noisiest first
 */
public record StepPlan(List<Step> steps) {
  /** Copies the list. */
  public StepPlan {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param timestep original timestep, 0..999
   * @param scale of its guidance; 1: the positive branch alone is evaluated
   * @param reach how deep the UNet is evaluated
   */
  public record Step(int timestep, double scale, Reach reach) {
    /** Guidance branches that are evaluated, 1 or 2. */
    public int branches() {
      return guidance().branches().size();
    }

    Guidance guidance() {
      return new Guidance(scale);
    }
  }

  /**
   * The plan of a run.
   *
   * @throws io.stablesr.core.StableSrException CONFIG when options do not fit together
   */
  public static StepPlan of(SamplingOptions options, NoiseSchedule schedule) {
    Timesteps visited = options.timesteps(schedule);
    List<Step> steps = new ArrayList<>();
    for (int step = 0; step < visited.size(); step++) {
      int timestep = visited.timestep(visited.size() - 1 - step);
      double scale = options.guidanceInterval().contains(timestep) ? options.guidanceScale() : 1.0;
      Reach reach = options.deepCache().reach(step);
      if (reach.part() == Reach.Part.SHALLOW && steps.get(step - 1).scale() != scale) {
        // Nothing was kept of a branch that was not evaluated in the step before.
        reach = new Reach(Reach.Part.KEEPING, reach.blocks());
      }
      steps.add(new Step(timestep, scale, reach));
    }
    return new StepPlan(steps);
  }

  /** Evaluations of a tile over all steps and guidance branches. */
  public int evaluations() {
    return steps.stream().mapToInt(Step::branches).sum();
  }

  /** The most guidance branches of a step, 1 or 2. */
  public int mostBranches() {
    return steps.stream().mapToInt(Step::branches).max().orElse(1);
  }

  /** Whether guidance begins or ends with a step: its prediction is not on the curve so far. */
  boolean turnsAt(int step) {
    return step > 0 && steps.get(step).scale() != steps.get(step - 1).scale();
  }
}
