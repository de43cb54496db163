package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.List;

/** Checks shared by the architecture records. */
final class Checks {
  private Checks() {}

  static void positive(String name, int value) {
    if (value < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %d; it must be 1 or more.".formatted(name, value));
    }
  }

  static List<Integer> multipliers(String name, List<Integer> values) {
    if (values.isEmpty() || values.stream().anyMatch(value -> value < 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s is %s; it needs one positive entry per level.".formatted(name, values));
    }
    return List.copyOf(values);
  }

  static void divisible(String name, int value, String by, int divisor) {
    if (value % divisor != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s is %d; it must be a multiple of %s = %d.".formatted(name, value, by, divisor));
    }
  }
}
