package io.stablesr.restore;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;

/** Opens restoration networks from weight files. */
final class RestorationFactory {
  static final String LICENCE = "as given with the weight file";

  private RestorationFactory() {}

  static BundleInfo describe(UpscaleMethod method, NetworkFiles files) {
    String licence =
        EmbeddedNetwork.find(files.weights()).map(EmbeddedNetwork::licence).orElse(LICENCE);
    return new BundleInfo(method.word(), modelId(method, files), licence, ConfigFactory.empty());
  }

  private static String modelId(UpscaleMethod method, NetworkFiles files) {
    return method.word() + ":" + WeightFiles.identity(files);
  }

  static CostModel costs(ModelSettings settings, long heapBytes) {
    try (RestorationWeights files = weights(settings)) {
      return new RestorationCosts(files.network(), settings.dtype(), heapBytes);
    }
  }

  /** Costs of a model behind the network that cleans its inputs. */
  static CostModel cleaningCosts(CostModel model, ModelSettings settings, long heapBytes) {
    try (RestorationWeights files = RestorationWeights.open(settings.cleaner())) {
      return new PreCleaningCosts(
          model,
          new RestorationCosts(files.network(), settings.dtype(), heapBytes),
          InputCleaner.factor(files.network().scale()));
    }
  }

  /** Loads the network of a method. */
  static RestorationUpscaler open(ModelSettings settings) {
    return open(settings, weights(settings), modelId(settings.method(), settings.network()));
  }

  /** Loads the network that cleans inputs. */
  static InputCleaner openCleaner(ModelSettings settings) {
    RestorationWeights weights = RestorationWeights.open(settings.cleaner());
    int factor = InputCleaner.factor(weights.network().scale());
    return new InputCleaner(
        open(settings, weights, WeightFiles.identity(settings.cleaner())), factor);
  }

  private static RestorationUpscaler open(
      ModelSettings settings, RestorationWeights weights, String modelId) {
    ComputeDevice device = settings.computeDevice();
    TensorEngine engine;
    try {
      engine = TensorEngine.open(device, settings.threads());
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
    try {
      return new RestorationUpscaler(
          modelId,
          engine,
          RestorationRunner.load(engine, weights, engine.recommended(settings.dtype().precision())),
          System::nanoTime);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static RestorationWeights weights(ModelSettings settings) {
    RestorationWeights weights = RestorationWeights.open(settings.network());
    if (!settings.method().accepts(weights.network().family())) {
      weights.close();
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "%s holds a %s network, which is not what the method %s means; take --method %s."
              .formatted(
                  settings.network().weights(),
                  weights.network().family(),
                  settings.method().word(),
                  UpscaleMethod.words(
                      method -> method.accepts(weights.network().family()), " or ")));
    }
    return weights;
  }
}
