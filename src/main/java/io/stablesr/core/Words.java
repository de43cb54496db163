package io.stablesr.core;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Enum constants as users write them: {@code LR_LATENT} is {@code lr-latent}. */
public final class Words {
  private Words() {}

  /** The word of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The constant of a word.
   *
   * @param key the setting that has the word, for the message
   * @throws StableSrException CONFIG when no constant has this word
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String key, String word) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(word)) {
        return constant;
      }
    }
    throw new StableSrException(
        ErrorCode.CONFIG,
        "%s is '%s'; it must be %s."
            .formatted(
                key,
                word,
                Arrays.stream(type.getEnumConstants())
                    .map(Words::of)
                    .collect(Collectors.joining(" or "))));
  }
}
