package io.stablesr.image;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What PNG takes for the key of a text; the rule holds for all formats alike. */
final class TextKeys {
  private TextKeys() {}

  /** Refuses keys that PNG cannot store. */
  static void require(Map<String, String> text) {
    for (String key : text.keySet()) {
      if (!isValid(key)) {
        throw new IllegalArgumentException(
            "A text key must be 1..79 printable Latin-1 characters without spaces around, got '%s'"
                .formatted(key));
      }
    }
  }

  static boolean isValid(String key) {
    boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(key);
    boolean printable = key.chars().noneMatch(c -> c < 32 || (c > 126 && c < 161));
    return !key.isEmpty() && key.length() <= 79 && latin && printable && key.equals(key.strip());
  }
}
