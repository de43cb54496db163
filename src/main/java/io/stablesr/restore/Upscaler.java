package io.stablesr.restore;

/** Upscales pictures; one instance holds one loaded model on one device. */
public interface Upscaler extends AutoCloseable {
  /** Name and weights digest of the model, for result rows: {@code stablesr-mini@1f0c…}. */
  String modelId();

  /**
   * Checks whether this model can run under these options, before any image is read.
   *
   * @throws io.stablesr.core.StableSrException CONFIG when it cannot, whatever the image
   */
  default void check(UpscaleOptions options) {}

  /**
   * Upscales one image. Safe to call from several threads; calls share the device.
   *
   * @throws io.stablesr.core.StableSrException for anything that is wrong with this image
   */
  UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener);

  @Override
  void close();
}
