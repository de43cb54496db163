package io.stablesr.restore;

import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;

/** Settings and options of {@link io.stablesr.testing.LatentDiffusionFile}. */
final class LatentDiffusionSamples {
  private LatentDiffusionSamples() {}

  static ModelSettings settings(Path file) {
    return NetworkSamples.settings(UpscaleMethod.LDM, NetworkFiles.of(file.toString()));
  }

  static UpscaleOptions options(int steps, int tileBatch, double scale, int tilePixels) {
    return options(
        SamplingSetup.of(SamplerKind.DDIM, steps)
            .eta(1)
            .start(StartPoint.PURE_NOISE)
            .overlapLatents(32)
            .tileBatch(tileBatch),
        scale,
        tilePixels);
  }

  static UpscaleOptions options(SamplingSetup sampling, double scale, int tilePixels) {
    return new UpscaleOptions(
        scale, sampling.options(), 0.5, ColorFix.ADAIN, 5, tilePixels, "", "", 42);
  }
}
