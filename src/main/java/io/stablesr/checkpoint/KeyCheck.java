package io.stablesr.checkpoint;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The comparison of the parameters a network needs with the tensors there are. Loading without it
 * would leave missing parameters at random values.
 *
 * @param missing keys the network needs and the weights lack, in the network's order
 * @param misshaped keys whose tensors have another shape
 * @param unused keys the network does not ask for, in file order
 */
public record KeyCheck(List<String> missing, List<Misshaped> misshaped, List<String> unused) {
  private static final int LISTED = 5;

  /** A key with the shape the network needs and the one the file has. */
  public record Misshaped(String key, List<Long> expected, List<Long> actual) {
    @Override
    public String toString() {
      return "%s %s instead of %s".formatted(key, actual, expected);
    }
  }

  /** Copies its arguments. */
  public KeyCheck {
    missing = List.copyOf(missing);
    misshaped = List.copyOf(misshaped);
    unused = List.copyOf(unused);
  }

  /** Compares {@code weights} with the expected shapes; reads no tensor. */
  public static KeyCheck of(Map<String, long[]> expected, Weights weights) {
    List<String> missing = new ArrayList<>();
    List<Misshaped> misshaped = new ArrayList<>();
    expected.forEach(
        (key, shape) -> {
          Optional<StoredTensor> tensor = weights.find(key);
          if (tensor.isEmpty()) {
            missing.add(key);
          } else if (!Arrays.equals(tensor.get().shape(), shape)) {
            misshaped.add(new Misshaped(key, boxed(shape), boxed(tensor.get().shape())));
          }
        });
    Set<String> unused = new LinkedHashSet<>(weights.names());
    unused.removeAll(expected.keySet());
    return new KeyCheck(missing, misshaped, List.copyOf(unused));
  }

  private static List<Long> boxed(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  /** Whether every expected key is there with its shape. */
  public boolean complete() {
    return missing.isEmpty() && misshaped.isEmpty();
  }

  /**
   * Fails unless complete.
   *
   * @param what is being loaded, for the message: "the UNet from stablesr_000117.ckpt"
   * @return this
   * @throws StableSrException CHECKPOINT_KEYS with the counts and the first five keys of each kind
   */
  public KeyCheck requireComplete(String what) {
    if (complete()) {
      return this;
    }
    String details =
        Stream.of(
                list("%d keys are missing".formatted(missing.size()), missing),
                list("%d keys have another shape".formatted(misshaped.size()), misshaped))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    throw new StableSrException(
        ErrorCode.CHECKPOINT_KEYS,
        "Cannot load %s: %s; %d keys are unused. Is it the right file for this architecture?"
            .formatted(what, details, unused.size()));
  }

  private static Optional<String> list(String count, List<?> keys) {
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    String shown =
        keys.stream().limit(LISTED).map(Object::toString).collect(Collectors.joining(", "));
    return Optional.of(count + " (" + shown + (keys.size() > LISTED ? ", ..." : "") + ")");
  }
}
