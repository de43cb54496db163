package io.stablesr.restore;

import java.io.Serializable;
import java.util.Optional;

/**
 * Opens models. An implementation has no state: it is sent to Spark executors, and one loaded model
 * is shared by all who ask with an equal implementation class and equal settings. Implementations
 * are found by {@link UpscalerFactories} as {@link java.util.ServiceLoader} services.
 */
public interface UpscalerFactory extends Serializable {
  /**
   * Reads the description of a bundle.
   *
   * @throws io.stablesr.core.StableSrException when there is no such bundle
   */
  BundleInfo describe(String bundle);

  /**
   * Reads the description of what these settings open; its name and id are those of result rows.
   *
   * @throws io.stablesr.core.StableSrException when it is not there
   */
  default BundleInfo describe(ModelSettings settings) {
    return describe(settings.bundle());
  }

  /**
   * Predicts costs without loading weights.
   *
   * @param heapBytes heap of the JVMs that will work
   * @throws io.stablesr.core.StableSrException when there is no such bundle
   */
  default CostModel costs(ModelSettings settings, long heapBytes) {
    return CostModel.ofPixels();
  }

  /**
   * Where tiles lie in the results of a bundle; empty for engines without tiles.
   *
   * @throws io.stablesr.core.StableSrException when there is no such bundle
   */
  default Optional<TileOutlines> tileOutlines(String bundle) {
    return Optional.empty();
  }

  /**
   * Loads a model.
   *
   * @throws io.stablesr.core.StableSrException when the bundle cannot be loaded or the device is
   *     not there
   */
  Upscaler open(ModelSettings settings);
}
