/** Noise schedules, samplers, guidance, noise source, tile grid and Gaussian aggregation. */
package io.stablesr.diffusion;
