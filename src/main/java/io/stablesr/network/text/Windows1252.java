package io.stablesr.network.text;

/**
 * Windows-1252 as it is met in the wild: the five bytes without a character stand for the C1
 * control of the same number, so every byte can be decoded and encoded again.
 */
final class Windows1252 {
  /** The characters of 0x80 to 0x9F. */
  private static final String HIGH_CONTROLS =
      "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D"
          + "\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153"
          + "\u009D\u017E\u0178";

  private Windows1252() {}

  /** The character of a byte, 0..255. */
  static char decode(int value) {
    return value >= 0x80 && value <= 0x9F ? HIGH_CONTROLS.charAt(value - 0x80) : (char) value;
  }

  /** The byte of a character that is in Windows-1252 or Latin-1, or -1. */
  static int encode(char character) {
    if (character <= 0xFF) {
      return character;
    }
    int index = HIGH_CONTROLS.indexOf(character);
    return index < 0 ? -1 : 0x80 + index;
  }
}
