package io.stablesr.checkpoint;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Tensors by official key, composed from one or more checkpoints without reading or copying any.
 * Immutable; the checkpoints must stay open while tensors are read.
 */
public final class Weights {
  private final Map<String, StoredTensor> tensors;

  private Weights(Map<String, StoredTensor> tensors) {
    this.tensors = tensors;
  }

  /** All tensors of a checkpoint under their own names. */
  public static Weights of(Checkpoint checkpoint) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    checkpoint.names().forEach(name -> tensors.put(name, checkpoint.get(name)));
    return new Weights(tensors);
  }

  /** These tensors and those of {@code upper}, which win where both have a key. */
  public Weights overlay(Weights upper) {
    Map<String, StoredTensor> both = new LinkedHashMap<>(tensors);
    both.putAll(upper.tensors);
    return new Weights(both);
  }

  /** {@link #overlay(Weights)} with a whole checkpoint. */
  public Weights overlay(Checkpoint upper) {
    return overlay(of(upper));
  }

  /**
   * Keys that begin with {@code fromPrefix} begin with {@code toPrefix} instead; others stay.
   *
   * @throws StableSrException CHECKPOINT_KEYS when two keys become the same
   */
  public Weights renamed(String fromPrefix, String toPrefix) {
    return mapped(
        key -> key.startsWith(fromPrefix) ? toPrefix + key.substring(fromPrefix.length()) : key);
  }

  /** Only the keys that begin with {@code prefix}, without it. */
  public Weights below(String prefix) {
    Map<String, StoredTensor> kept = new LinkedHashMap<>(tensors);
    kept.keySet().removeIf(key -> !key.startsWith(prefix));
    return new Weights(kept).renamed(prefix, "");
  }

  /**
   * Every key under another name.
   *
   * @throws StableSrException CHECKPOINT_KEYS when two keys become the same
   */
  public Weights mapped(UnaryOperator<String> rename) {
    Map<String, StoredTensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          String newKey = rename.apply(key);
          if (renamed.put(newKey, tensor.named(newKey)) != null) {
            throw new StableSrException(
                ErrorCode.CHECKPOINT_KEYS,
                "Cannot rename key %s to %s: that key exists already".formatted(key, newKey));
          }
        });
    return new Weights(renamed);
  }

  /** All keys. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** The tensor with this key. */
  public Optional<StoredTensor> find(String key) {
    return Optional.ofNullable(tensors.get(key));
  }

  /**
   * The tensor with this key.
   *
   * @throws StableSrException CHECKPOINT_KEYS when there is none
   */
  public StoredTensor get(String key) {
    return find(key)
        .orElseThrow(
            () ->
                new StableSrException(
                    ErrorCode.CHECKPOINT_KEYS,
                    "The weights have no tensor '%s' among their %d; they look like %s"
                        .formatted(key, tensors.size(), CheckpointKind.of(names()).description())));
  }
}
