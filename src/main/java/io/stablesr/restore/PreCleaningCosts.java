package io.stablesr.restore;

import io.stablesr.restore.PreClean.Mode;

/**
 * Costs of a model whose inputs may be cleaned; in case of doubt they are.
 *
 * @param factor as of {@link InputCleaner}
 */
record PreCleaningCosts(CostModel model, CostModel cleaner, int factor) implements CostModel {
  @Override
  public ImageCost cost(int width, int height, UpscaleOptions options) {
    if (options.preClean().mode() == Mode.OFF) {
      return model.cost(width, height, options);
    }
    ImageCost first = cleaner.cost(width, height, options.withScale(factor));
    ImageCost then =
        model.cost(factor * width, factor * height, options.withScale(options.scale() / factor));
    return new ImageCost(
        first.inputPixels(),
        then.outputPixels(),
        then.tiles(),
        then.evaluations(),
        then.denoiserFlops() + first.denoiserFlops(),
        then.autoencoderFlops(),
        Math.max(first.hostBytes(), then.hostBytes() + 12 * first.inputPixels()),
        then.deviceBytes() + first.deviceBytes());
  }
}
