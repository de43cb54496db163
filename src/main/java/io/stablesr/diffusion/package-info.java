/**
 * Noise schedules, samplers, guidance, noise source, tile grid and Gaussian aggregation.
 *
 * <p>Everything here works on {@link io.stablesr.core.FloatTensor} on the heap in fp32; the
 * networks are reached through {@link io.stablesr.diffusion.TilePredictor} only. {@link
 * io.stablesr.diffusion.LatentSampler} is the entry point.
 *
 * <p>Scalars are rounded to fp32 before they are multiplied with tensors, and sums are taken in the
 * order of the published formulas: results agree with recorded reference tensors to a few units in
 * the last place.
 */
package io.stablesr.diffusion;
