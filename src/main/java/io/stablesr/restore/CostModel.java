package io.stablesr.restore;

/** Predicts what images take, from their sizes alone and without weights. */
public interface CostModel {
  /**
   * The cost of one image.
   *
   * @param width width of the input in pixels
   * @param height height of the input in pixels
   * @throws io.stablesr.core.StableSrException IMAGE_TOO_LARGE when such an image cannot be worked
   *     on; CONFIG when no image can under these options
   */
  ImageCost cost(int width, int height, UpscaleOptions options);

  /** Weights of all networks that a picture meets; 0 for engines without networks. */
  default long parameters() {
    return 0;
  }

  /** For engines without networks: the work is the pixels of the result, one operation each. */
  static CostModel ofPixels() {
    return (width, height, options) -> {
      long input = (long) width * height;
      long output = Math.round(width * options.scale()) * Math.round(height * options.scale());
      return new ImageCost(
          input, output, 1, options.sampling().steps(), output, 0, 12 * (input + output), 0);
    };
  }
}
