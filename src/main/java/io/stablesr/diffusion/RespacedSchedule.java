package io.stablesr.diffusion;

/**
 * The timesteps that a run visits and the tables of the Markov chain over just these
 * (docs/mathematics.md 2.2). Networks are given {@link #timestep}, tables are read at the index.
 */
public final class RespacedSchedule implements Timesteps {
  private final int[] timesteps;
  private final DiffusionTables tables;

  private RespacedSchedule(int[] timesteps, DiffusionTables tables) {
    this.timesteps = timesteps;
    this.tables = tables;
  }

  /** Respaces {@code base} to {@code timesteps}, strictly ascending. */
  public static RespacedSchedule of(NoiseSchedule base, int[] timesteps) {
    return new RespacedSchedule(timesteps.clone(), base.respaced(timesteps));
  }

  @Override
  public int size() {
    return timesteps.length;
  }

  @Override
  public int timestep(int i) {
    return timesteps[i];
  }

  /** The tables, indexed 0..size-1. */
  public DiffusionTables tables() {
    return tables;
  }
}
