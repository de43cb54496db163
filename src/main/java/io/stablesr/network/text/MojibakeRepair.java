package io.stablesr.network.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Repairs UTF-8 that was read as Latin-1 or Windows-1252, such as {@code cafÃ©} for {@code café},
 * also when that happened more than once.
 *
 * <p>Each group of characters that would be one valid UTF-8 sequence is judged by itself, so
 * repaired and sound text may be mixed. A group is left alone where it may well be meant, such as
 * an upper-case Â before a closing quote.
 */
final class MojibakeRepair {
  /** Text misread more often than this is lost anyway. */
  private static final int MAX_ROUNDS = 4;

  private MojibakeRepair() {}

  /** The repaired text; the same text if nothing looks misread. */
  static String repair(String text) {
    String current = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String next = repairOnce(current);
      if (next.equals(current)) {
        break;
      }
      current = next;
    }
    return current;
  }

  private static String repairOnce(String text) {
    StringBuilder repaired = new StringBuilder(text.length());
    boolean afterRepair = false;
    int at = 0;
    while (at < text.length()) {
      int length = sequenceLength(text, at);
      String decoded = length == 0 ? null : decode(text, at, length);
      if (decoded != null && isTypical(text, at, length, decoded, afterRepair)) {
        repaired.append(decoded);
        at += length;
        afterRepair = true;
      } else {
        repaired.append(text.charAt(at++));
        afterRepair = false;
      }
    }
    return repaired.toString();
  }

  /** How many characters the UTF-8 sequence that starts here would have; 0 if none starts. */
  private static int sequenceLength(String text, int at) {
    int lead = text.charAt(at);
    if (lead < 0xC2 || lead > 0xF4) {
      return 0;
    }
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + length > text.length()) {
      return 0;
    }
    for (int i = at + 1; i < at + length; i++) {
      int value = Windows1252.encode(text.charAt(i));
      if (value < 0x80 || value > 0xBF) {
        return 0;
      }
    }
    return length;
  }

  /** The decoded sequence, or null if it is overlong, a surrogate or out of range. */
  private static String decode(String text, int at, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) Windows1252.encode(text.charAt(at + i));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean isTypical(
      String text, int at, int length, String decoded, boolean afterRepair) {
    if (length == 4) {
      return true;
    }
    if (length == 3) {
      return afterRepair || isTypicalTriple(text, at);
    }
    char lead = text.charAt(at);
    char second = text.charAt(at + 1);
    boolean beforeLetter = at + 2 < text.length() && Character.isLetter(text.charAt(at + 2));
    if (lead == '\u00C2') {
      return decoded.charAt(0) >= 0xA0;
    }
    if (lead == '\u00C3') {
      return !isPunctuation(second) || beforeLetter;
    }
    if (lead == '\u00C4' || lead == '\u00C5') {
      boolean afterLetter = at > 0 && Character.isLetter(text.charAt(at - 1));
      return isPunctuation(second)
          ? beforeLetter
          : !Character.isLetter(second) && (beforeLetter || afterLetter);
    }
    // Greek, Cyrillic, Hebrew, Arabic: one pair may be chance, two in a row are not.
    return afterRepair || (at + 2 < text.length() && isForeignPair(text, at + 2));
  }

  /** Not two letters (a word), and not two marks that may follow a word that ends in é. */
  private static boolean isTypicalTriple(String text, int at) {
    char second = text.charAt(at + 1);
    char third = text.charAt(at + 2);
    boolean afterLetter = at > 0 && Character.isLetter(text.charAt(at - 1));
    boolean letters = Character.isLetter(second) && Character.isLetter(third);
    boolean marks = isMarkAfterWord(second) && isMarkAfterWord(third);
    return !letters && !(marks && afterLetter);
  }

  private static boolean isForeignPair(String text, int at) {
    char lead = text.charAt(at);
    return lead >= '\u00C4' && sequenceLength(text, at) == 2;
  }

  private static boolean isMarkAfterWord(char character) {
    return isPunctuation(character)
        || "\u00A0\u00A9\u00AB\u00AE\u2039\u2122".indexOf(character) >= 0;
  }

  /** Closing quotes, dashes and the ellipsis: what may follow an upper-case letter. */
  private static boolean isPunctuation(char character) {
    return "\u00BB\u2013\u2014\u2018\u2019\u201A\u201C\u201D\u201E\u2026\u203A".indexOf(character)
        >= 0;
  }
}
