package io.stablesr.parity;

import io.stablesr.diffusion.DdimSchedule;
import io.stablesr.diffusion.NoiseSchedule;
import java.util.stream.IntStream;

/**
 * The published DDIM tables in their recorded length: where the number of steps does not divide the
 * schedule's they have entries at the top that no step reads (docs/mathematics.md 3.3).
 */
final class PublishedDdim {
  private final DdimSchedule used;
  private final DdimSchedule all;
  private final NoiseSchedule base;
  private final int stride;

  PublishedDdim(NoiseSchedule base, int steps, double eta) {
    this.base = base;
    this.stride = base.size() / steps;
    this.used = DdimSchedule.published(base, steps, eta);
    int entries = (base.size() + stride - 1) / stride;
    this.all =
        DdimSchedule.consistent(
            base, IntStream.range(0, entries).map(k -> k * stride).toArray(), eta);
  }

  /** What the sampler reads. */
  DdimSchedule schedule() {
    return used;
  }

  /** The timestep whose cumulative alpha entry {@code k} holds, found by that alpha. */
  int[] tableTimesteps(int size) {
    return IntStream.range(0, size).map(k -> timestepOf((float) alpha(k))).toArray();
  }

  private int timestepOf(float alpha) {
    return IntStream.range(0, base.size())
        .filter(t -> base.tables().alphaCumprod(t) == alpha)
        .findFirst()
        .orElse(-1);
  }

  double alpha(int k) {
    return at(k).alpha(k);
  }

  double alphaPrev(int k) {
    return at(k).alphaPrev(k);
  }

  double sigma(int k) {
    return at(k).sigma(k);
  }

  double sqrtOneMinusAlpha(int k) {
    return at(k).sqrtOneMinusAlpha(k);
  }

  private DdimSchedule at(int k) {
    return k < used.size() ? used : all;
  }
}
