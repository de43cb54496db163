package io.stablesr.restore;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.TensorEngine;
import java.nio.file.Path;

/** Opens latent diffusion for super-resolution from its weight file. */
final class LatentDiffusionFactory {
  private LatentDiffusionFactory() {}

  static BundleInfo describe(ModelSettings settings) {
    return new BundleInfo(
        settings.method().word(),
        modelId(settings),
        RestorationFactory.LICENCE,
        ConfigFactory.empty());
  }

  private static String modelId(ModelSettings settings) {
    return settings.method().word() + ":" + WeightFiles.identity(files(settings));
  }

  static CostModel costs(ModelSettings settings, long heapBytes) {
    try (LatentDiffusionWeights weights = weights(settings)) {
      return new LatentDiffusionCosts(weights.network(), settings.dtype(), heapBytes);
    }
  }

  static Upscaler open(ModelSettings settings) {
    LatentDiffusionWeights weights = weights(settings);
    TensorEngine engine = null;
    try {
      String modelId = modelId(settings);
      engine = TensorEngine.open(settings.computeDevice(), settings.processor(), settings.replay());
      CompileOptions options = engine.recommended(settings.dtype().precision());
      return new LatentDiffusionUpscaler(
          modelId,
          engine,
          new LatentDiffusionNetworks(engine, weights, options, settings.sharing()),
          PhiloxNoise::new,
          System::nanoTime);
    } catch (RuntimeException e) {
      weights.close();
      if (engine != null) {
        engine.close();
      }
      throw e;
    }
  }

  private static LatentDiffusionWeights weights(ModelSettings settings) {
    return LatentDiffusionWeights.open(Path.of(files(settings).weights()));
  }

  private static NetworkFiles files(ModelSettings settings) {
    NetworkFiles files = settings.network();
    if (!files.weakWeights().isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.weak-weights is %s, but model.method is ldm, which has one file."
              .formatted(files.weakWeights()));
    }
    return files;
  }
}
