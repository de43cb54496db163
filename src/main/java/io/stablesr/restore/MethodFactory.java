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
      case STABLESR -> describeModel(settings);
      case BICUBIC, LANCZOS -> new InterpolationFactory().describe(settings.method().word());
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR, DASR, FEMASR ->
          RestorationFactory.describe(settings.method(), settings.network());
      case LDM -> LatentDiffusionFactory.describe(settings);
    };
  }

  @Override
  public CostModel costs(ModelSettings settings, long heapBytes) {
    return switch (settings.method()) {
      case STABLESR -> modelCosts(settings, heapBytes);
      case BICUBIC, LANCZOS -> CostModel.ofPixels();
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR, DASR, FEMASR ->
          RestorationFactory.costs(settings, heapBytes);
      case LDM -> LatentDiffusionFactory.costs(settings, heapBytes);
    };
  }

  private BundleInfo describeModel(ModelSettings settings) {
    BundleInfo bundle = describe(settings.bundle());
    return settings.cleaner().isEmpty()
        ? bundle
        : new BundleInfo(
            bundle.name(),
            modelId(bundle.modelId(), settings.cleaner()),
            bundle.licence(),
            bundle.defaults());
  }

  private static String modelId(String model, NetworkFiles cleaner) {
    return "%s+cleaner:%s".formatted(model, WeightFiles.identity(cleaner));
  }

  private static CostModel modelCosts(ModelSettings settings, long heapBytes) {
    CostModel model = new StableSrFactory().costs(settings, heapBytes);
    return settings.cleaner().isEmpty()
        ? model
        : RestorationFactory.cleaningCosts(model, settings, heapBytes);
  }

  private static Upscaler openModel(ModelSettings settings) {
    if (settings.cleaner().isEmpty()) {
      Upscaler model = new StableSrFactory().open(settings);
      return new PreCleaningUpscaler(model.modelId(), model, Optional.empty(), System::nanoTime);
    }
    // The small one first: what is wrong with its file shows at once.
    InputCleaner cleaner = RestorationFactory.openCleaner(settings);
    try {
      Upscaler model = new StableSrFactory().open(settings);
      return new PreCleaningUpscaler(
          modelId(model.modelId(), settings.cleaner()),
          model,
          Optional.of(cleaner),
          System::nanoTime);
    } catch (RuntimeException e) {
      cleaner.network().close();
      throw e;
    }
  }

  @Override
  public Optional<TileOutlines> tileOutlines(String bundle) {
    return new StableSrFactory().tileOutlines(bundle);
  }

  @Override
  public Upscaler open(ModelSettings settings) {
    return switch (settings.method()) {
      case STABLESR -> openModel(settings);
      case BICUBIC, LANCZOS -> new InterpolationFactory().open(settings);
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR, DASR, FEMASR ->
          RestorationFactory.open(settings);
      case LDM -> LatentDiffusionFactory.open(settings);
    };
  }
}
