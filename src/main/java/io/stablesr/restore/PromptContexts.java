package io.stablesr.restore;

import io.stablesr.checkpoint.StoredTensor;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.network.Graphs;
import io.stablesr.network.text.ClipTokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Text contexts {@code [1,L,C]} by prompt, each computed once. The context of the empty prompt is
 * stored in the bundle, so that a run without prompts never loads the text encoder.
 */
final class PromptContexts implements AutoCloseable {
  private static final int KEPT = 256;

  private final ModelDescription model;
  private final Weights weights;
  private final TensorEngine engine;
  private final Map<String, FloatTensor> contexts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FloatTensor> eldest) {
          return size() > KEPT;
        }
      };
  private final FirstUse<CompiledNetwork> textEncoder;
  private final FirstUse<ClipTokenizer> tokenizer = FirstUse.of(ClipTokenizer::load);

  PromptContexts(
      ModelDescription model, Weights weights, TensorEngine engine, CompileOptions options) {
    this.model = model;
    this.weights = weights;
    this.engine = engine;
    this.textEncoder =
        FirstUse.ofNetwork(
            () -> engine.compile(new Graphs(model.architecture()).textEncoder(), weights, options));
  }

  synchronized FloatTensor of(String prompt) {
    FloatTensor known = contexts.get(prompt);
    if (known == null) {
      known = compute(prompt);
      contexts.put(prompt, known);
    }
    return known;
  }

  /**
   * Checks that a prompt can be had, without computing anything.
   *
   * @throws StableSrException CONFIG when it needs a text encoder and the model has none
   */
  void require(String prompt) {
    if (stored(prompt).isPresent()) {
      return;
    }
    if (model.architecture().textEncoder().isEmpty()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Model %s has no text encoder: prompts must be empty and sampling.guidance-scale 1."
              .formatted(model.name()));
    }
  }

  private FloatTensor compute(String prompt) {
    require(prompt);
    return stored(prompt).map(StoredTensor::toFloats).orElseGet(() -> encode(prompt));
  }

  private Optional<StoredTensor> stored(String prompt) {
    return prompt.isBlank() ? model.nullContext().flatMap(weights::find) : Optional.empty();
  }

  private FloatTensor encode(String prompt) {
    long[] ids = tokenizer.get().encode(prompt);
    float[] tokens = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = ids[i];
    }
    return engine
        .calls()
        .alone(
            () -> {
              try (TensorScope scope = engine.scope()) {
                return textEncoder
                    .get()
                    .run(scope, Map.of("tokens", scope.upload(tokens, 1, tokens.length)))
                    .get("context")
                    .download();
              }
            });
  }

  @Override
  public synchronized void close() {
    textEncoder.close();
  }
}
