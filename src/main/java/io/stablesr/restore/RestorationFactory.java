package io.stablesr.restore;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import java.util.Optional;

/** Opens restoration networks from weight files. */
final class RestorationFactory {
  private static final String LICENCE = "as given with the weight file";

  private RestorationFactory() {}

  static BundleInfo describe(UpscaleMethod method, NetworkFiles files) {
    return new BundleInfo(method.word(), modelId(method, files), LICENCE, ConfigFactory.empty());
  }

  private static String modelId(UpscaleMethod method, NetworkFiles files) {
    return method.word() + ":" + RestorationWeights.identity(files);
  }

  static CostModel costs(ModelSettings settings, long heapBytes) {
    try (RestorationWeights files = open(settings.method(), settings.network())) {
      return new RestorationCosts(files.network(), settings.dtype(), heapBytes);
    }
  }

  /** Loads a network. */
  static RestorationUpscaler open(
      ModelSettings settings, UpscaleMethod method, NetworkFiles files) {
    RestorationWeights weights = open(method, files);
    Optional<TensorEngine> engine = Optional.empty();
    try {
      ComputeDevice device =
          settings.device().equals("auto")
              ? ComputeDevice.CPU
              : ComputeDevice.parse(settings.device());
      engine = Optional.of(TensorEngine.open(device, settings.threads()));
      Precision precision =
          switch (settings.dtype()) {
            case FP32 -> Precision.FP32;
            case BF16 -> Precision.BF16;
            case FP16 -> Precision.FP16;
          };
      return new RestorationUpscaler(
          modelId(method, files),
          engine.get(),
          RestorationRunner.load(
              engine.get(), weights, CompileOptions.recommended(device, precision)),
          System::nanoTime);
    } catch (RuntimeException e) {
      weights.close();
      engine.ifPresent(TensorEngine::close);
      throw e;
    }
  }

  private static RestorationWeights open(UpscaleMethod method, NetworkFiles files) {
    RestorationWeights weights = RestorationWeights.open(files);
    if (!method.accepts(weights.network().family())) {
      weights.close();
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "%s holds a %s network, which is not what the method %s means."
              .formatted(files.weights(), weights.network().family(), method.word()));
    }
    return weights;
  }
}
