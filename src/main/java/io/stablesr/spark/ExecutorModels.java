package io.stablesr.spark;

import io.stablesr.restore.FaceUpscaler;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactory;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models loaded in this JVM, one per engine and settings. This is the one piece of mutable
 * state that is not handed from constructor to constructor: Spark gives tasks nothing that lives as
 * long as the executor, and a model in a serialised closure would be loaded once per task. Models
 * stay until the JVM ends.
 */
final class ExecutorModels {
  /** The only instance of this JVM. */
  static final ExecutorModels INSTANCE = new ExecutorModels();

  private record Key(Class<? extends UpscalerFactory> engine, ModelSettings settings) {}

  private final ConcurrentHashMap<Key, Upscaler> models = new ConcurrentHashMap<>();

  private ExecutorModels() {}

  /** The loaded model; tasks that ask while it loads wait for the one that loads it. */
  Upscaler get(UpscalerFactory factory, ModelSettings settings) {
    return models.computeIfAbsent(
        new Key(factory.getClass(), settings), key -> FaceUpscaler.open(factory, settings));
  }
}
