package io.stablesr.restore;

import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import java.util.Optional;

/** Opens {@link StableSr} models. */
public final class StableSrFactory implements UpscalerFactory {
  private static final long serialVersionUID = 1L;

  @Override
  public BundleInfo describe(String bundle) {
    ModelDescription model = ModelBundle.open(bundle, ModelBundle.userCache()).description();
    return new BundleInfo(model.name(), model.modelId(), model.licence(), model.defaults());
  }

  @Override
  public CostModel costs(ModelSettings settings, long heapBytes) {
    return new NetworkCosts(
        ModelBundle.open(settings.bundle(), ModelBundle.userCache()).description(),
        settings.dtype(),
        heapBytes);
  }

  @Override
  public Optional<TileOutlines> tileOutlines(String bundle) {
    ModelDescription model = ModelBundle.open(bundle, ModelBundle.userCache()).description();
    return Optional.of(
        new TileOutlines(
            model.geometry(),
            model.tileLatents(),
            model.architecture().autoencoder().downsampling()));
  }

  @Override
  public Upscaler open(ModelSettings settings) {
    ModelBundle bundle = ModelBundle.open(settings.bundle(), ModelBundle.userCache());
    ComputeDevice device = settings.computeDevice();
    TensorEngine engine = TensorEngine.open(device, settings.processor(), settings.replay());
    try {
      CompileOptions options = engine.recommended(settings.dtype().precision());
      return StableSr.load(
          bundle, engine, options, settings.sharing(), PhiloxNoise::new, System::nanoTime);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }
}
