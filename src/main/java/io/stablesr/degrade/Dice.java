package io.stablesr.degrade;

import io.stablesr.diffusion.PhiloxUniform;
import java.util.Map;

/**
 * The uniform numbers behind the parameters of one draw. Each parameter has a slot of its own, so
 * that another range or probability of one leaves all the others as they are.
 */
final class Dice {
  private final PhiloxUniform uniforms;
  private final int stage;

  private Dice(PhiloxUniform uniforms, int stage) {
    this.uniforms = uniforms;
    this.stage = stage;
  }

  /** Parameters and pixels have different keys: none of their numbers are related. */
  static Dice of(long seed, String identity) {
    return new Dice(new PhiloxUniform(seed, "degrade parameters\n" + identity), 0);
  }

  /** The slots of another part of the pipeline. */
  Dice stage(int number) {
    return new Dice(uniforms, number);
  }

  double unit(int slot) {
    return uniforms.at(stage, 0, 0, slot);
  }

  double in(Range range, int slot) {
    return range.at(unit(slot));
  }

  /** Whether something of this probability happens. */
  boolean happens(double probability, int slot) {
    return unit(slot) < probability;
  }

  /** One of {@code count} equally likely indices. */
  int index(int count, int slot) {
    return Math.min((int) (unit(slot) * count), count - 1);
  }

  /** A key with a probability in proportion to its weight. */
  <E> E pick(Map<E, Double> weights, int slot) {
    double total = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    double rest = unit(slot) * total;
    E chosen = null;
    for (Map.Entry<E, Double> entry : weights.entrySet()) {
      if (entry.getValue() > 0) {
        chosen = entry.getKey();
        if (rest < entry.getValue()) {
          return chosen;
        }
        rest -= entry.getValue();
      }
    }
    return chosen;
  }
}
