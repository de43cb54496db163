package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.OptionalDouble;
import java.util.OptionalLong;

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
   * Measures how fast this device evaluates the denoiser, in a few seconds.
   *
   * @return billions of operations per second as {@link CostModel} counts them; empty where the
   *     engine has no networks
   */
  default OptionalDouble measureGflopsPerSecond() {
    return OptionalDouble.empty();
  }

  /** All memory of the GPU that the networks are on; empty where they are on none. */
  default OptionalLong gpuBytes() {
    return OptionalLong.empty();
  }

  /**
   * Upscales one image. Safe to call from several threads; calls share the device.
   *
   * @throws io.stablesr.core.StableSrException for anything that is wrong with this image
   */
  UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener);

  /**
   * Whether an image is too large to be worked on as a whole, so that {@link #upscaleInStrips} is
   * to be called for it.
   *
   * @throws io.stablesr.core.StableSrException IMAGE_TOO_LARGE when it is too large for that too
   */
  default boolean needsStrips(UpscaleRequest request) {
    return false;
  }

  /**
   * Upscales one image that {@link #needsStrips} strips.
   *
   * @param sink gets the result
   * @throws io.stablesr.core.StableSrException for anything that is wrong with this image
   */
  default UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    throw new UnsupportedOperationException(modelId() + " does not work in strips");
  }

  /** Whether {@link #refineFace} can be asked. */
  default boolean refinesFaces() {
    return false;
  }

  /**
   * Samples a face anew, drawn to a restored one (docs/mathematics.md 3.5).
   *
   * @param poor the face as the input has it, {@code [3,512,512]}, to be upscaled by 1
   * @param reference the restored face, {@code [3,512,512]} in 0..1
   * @return {@code [3,512,512]} in 0..1
   */
  default FloatTensor refineFace(UpscaleRequest poor, FloatTensor reference) {
    throw new UnsupportedOperationException(modelId() + " does not refine faces");
  }

  @Override
  void close();
}
