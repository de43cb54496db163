/**
 * Makes low-quality pictures from good ones: the second-order degradation of Real-ESRGAN (Wang et
 * al. 2021, section 3) with the numbers of StableSR and others as presets (docs/degradation.md).
 *
 * <p>{@link io.stablesr.degrade.DegradationPreset} holds ranges and probabilities, {@link
 * io.stablesr.degrade.Drawer} draws one {@link io.stablesr.degrade.DegradationDraw} from them, and
 * {@link io.stablesr.degrade.Degrader} applies it. A draw depends on preset, seed and identity
 * alone, a result on picture and draw alone.
 */
package io.stablesr.degrade;
