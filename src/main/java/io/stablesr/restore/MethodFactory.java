package io.stablesr.restore;

import java.util.Optional;

/** Opens whatever {@link ModelSettings#method} says. */
public final class MethodFactory implements UpscalerFactory {
  private static final long serialVersionUID = 1L;

  @Override
  public BundleInfo describe(String bundle) {
    return new StableSrFactory().describe(bundle);
  }

  @Override
  public BundleInfo describe(ModelSettings settings) {
    return switch (settings.method()) {
      case STABLESR -> describe(settings.bundle());
      case BICUBIC, LANCZOS -> new InterpolationFactory().describe(settings.method().word());
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR ->
          RestorationFactory.describe(settings.method(), settings.network());
    };
  }

  @Override
  public CostModel costs(ModelSettings settings, long heapBytes) {
    return switch (settings.method()) {
      case STABLESR -> new StableSrFactory().costs(settings, heapBytes);
      case BICUBIC, LANCZOS -> CostModel.ofPixels();
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR ->
          RestorationFactory.costs(settings, heapBytes);
    };
  }

  @Override
  public Optional<TileOutlines> tileOutlines(String bundle) {
    return new StableSrFactory().tileOutlines(bundle);
  }

  @Override
  public Upscaler open(ModelSettings settings) {
    return switch (settings.method()) {
      case STABLESR -> new StableSrFactory().open(settings);
      case BICUBIC, LANCZOS -> new InterpolationFactory().open(settings);
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR ->
          RestorationFactory.open(settings, settings.method(), settings.network());
    };
  }
}
