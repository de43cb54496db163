package io.stablesr.diffusion;

/** The timesteps that a run visits, by index from clean to noisy. */
interface Timesteps {
  /** The number of steps. */
  int size();

  /** The timestep that the network sees at index {@code i}. */
  int timestep(int i);
}
