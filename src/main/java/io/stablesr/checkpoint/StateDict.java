package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Dict;
import io.stablesr.checkpoint.PickleValue.Inert;
import io.stablesr.checkpoint.PickleValue.Name;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the named tensors in the content of a torch file: the first of {@code state_dict}, {@code
 * params_ema} and {@code params} that is a dict with tensors, else the whole content. Nested dicts,
 * and the modules of TorchScript archives, are flattened with dots.
 */
final class StateDict {
  private static final List<String> WRAPPERS = List.of("state_dict", "params_ema", "params");
  private static final int MAX_DEPTH = 64;
  private static final int MAX_VISITS = 1_000_000;
  private static final int MAX_NAME_CHARACTERS = 32_000_000;

  private final WeightFile file;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private int visits;
  private long nameCharacters;

  private StateDict(WeightFile file) {
    this.file = file;
  }

  static CheckpointContents contents(WeightFile file, PickleValue content) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (content instanceof Dict top) {
      for (String wrapper : WRAPPERS) {
        Optional<Dict> inner = top.find(wrapper).flatMap(StateDict::members);
        if (inner.isPresent()) {
          Map<String, StoredTensor> tensors = flatten(file, inner.get());
          if (!tensors.isEmpty()) {
            top.texts()
                .forEach((key, value) -> describe(value).ifPresent(t -> metadata.put(key, t)));
            return new CheckpointContents(tensors, metadata, Optional.of(content));
          }
        }
      }
    }
    Map<String, StoredTensor> tensors =
        members(content).map(dict -> flatten(file, dict)).orElseGet(Map::of);
    return new CheckpointContents(tensors, metadata, Optional.of(content));
  }

  /** Epoch, step and the like, that stand beside the state dict. */
  private static Optional<String> describe(PickleValue value) {
    if (value instanceof PickleValue.Int number) {
      return Optional.of(number.value().toString());
    }
    if (value instanceof PickleValue.Real number) {
      return Optional.of(Double.toString(number.value()));
    }
    if (value instanceof PickleValue.Bool truth) {
      return Optional.of(Boolean.toString(truth.value()));
    }
    if (value instanceof PickleValue.Text text) {
      return Optional.of(text.value());
    }
    return Optional.empty();
  }

  private static Optional<Dict> members(PickleValue value) {
    if (value instanceof Dict dict) {
      return Optional.of(dict);
    }
    if (value instanceof Inert inert
        && inert.callee() instanceof Name name
        && name.module().startsWith("__torch__")
        && inert.state().orElse(null) instanceof Dict members) {
      return Optional.of(members);
    }
    return Optional.empty();
  }

  private static Map<String, StoredTensor> flatten(WeightFile file, Dict dict) {
    StateDict result = new StateDict(file);
    result.visit("", dict, 0);
    return result.tensors;
  }

  /** A dict may contain itself, or be shared so often that the paths explode; both end here. */
  private void visit(String prefix, Dict dict, int depth) {
    if (depth > MAX_DEPTH) {
      throw file.corrupt("its dicts are nested deeper than %d", MAX_DEPTH);
    }
    dict.texts().forEach((key, value) -> visitEntry(prefix + key, value, depth));
  }

  private void visitEntry(String name, PickleValue value, int depth) {
    visits++;
    nameCharacters += name.length();
    if (visits > MAX_VISITS || nameCharacters > MAX_NAME_CHARACTERS) {
      throw file.corrupt("its dicts have more than %d entries, or too long names", MAX_VISITS);
    }
    if (value instanceof PickleValue.Tensor tensor) {
      if (tensors.put(name, tensor.tensor().named(name)) != null) {
        throw file.corrupt("key '%s' is there twice", name);
      }
    } else {
      members(value).ifPresent(inner -> visit(name + ".", inner, depth + 1));
    }
  }
}
