package io.stablesr.network.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The byte-pair tokenizer of the CLIP text encoder. A prompt becomes a row of 77 ids: the start id,
 * the ids of its words, the end id, then padding with zeros. A prompt that is too long is cut, and
 * its last id is still the end id.
 *
 * <p>There is no weight syntax: the parentheses, the colon and the number of {@code (worst
 * quality:2)} are encoded as they stand. Digits are encoded one by one.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ClipTokenizer {
  /** How many ids a prompt becomes. */
  public static final int CONTEXT_TOKENS = 77;

  /** The first id of every prompt. */
  public static final int START_ID = ClipVocabulary.START_ID;

  /** The id that ends every prompt. */
  public static final int END_ID = ClipVocabulary.END_ID;

  /** What fills the row after the end id. */
  public static final int PAD_ID = 0;

  private static final String START_TEXT = "<start_of_text>";
  private static final String END_TEXT = "<end_of_text>";

  /** Order matters: at each position the first alternative that matches is taken. */
  private static final Pattern WORD =
      Pattern.compile(
          START_TEXT
              + "|"
              + END_TEXT
              + "|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);

  private final ClipVocabulary vocabulary;

  private ClipTokenizer(ClipVocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Reads the vocabulary from the class path, which takes tens of milliseconds. */
  public static ClipTokenizer load() {
    return new ClipTokenizer(ClipVocabulary.load());
  }

  /**
   * The ids of a prompt.
   *
   * @return a new array of {@link #CONTEXT_TOKENS} ids, each in 0..49407
   */
  public long[] encode(String prompt) {
    long[] row = new long[CONTEXT_TOKENS];
    Arrays.fill(row, PAD_ID);
    row[0] = START_ID;
    int used = 1;
    Matcher words = WORD.matcher(PromptCleaner.clean(prompt));
    while (used < CONTEXT_TOKENS && words.find()) {
      for (int id : idsOf(words.group())) {
        if (used == CONTEXT_TOKENS) {
          break;
        }
        row[used++] = id;
      }
    }
    row[Math.min(used, CONTEXT_TOKENS - 1)] = END_ID;
    return row;
  }

  private int[] idsOf(String word) {
    return switch (word) {
      case START_TEXT -> new int[] {START_ID};
      case END_TEXT -> new int[] {END_ID};
      default -> merge(vocabulary.symbolsOf(word.getBytes(StandardCharsets.UTF_8)));
    };
  }

  /**
   * Joins neighbours until no merge applies, always the pair of the lowest rank first and all its
   * occurrences from left to right. Ids of merged symbols grow with the rank, so the lowest id
   * stands for the lowest rank.
   */
  private int[] merge(int[] symbols) {
    int length = symbols.length;
    while (length > 1) {
      int best = Integer.MAX_VALUE;
      int bestLeft = -1;
      int bestRight = -1;
      for (int i = 0; i + 1 < length; i++) {
        int merged = vocabulary.mergeOf(symbols[i], symbols[i + 1]);
        if (merged < best) {
          best = merged;
          bestLeft = symbols[i];
          bestRight = symbols[i + 1];
        }
      }
      if (best == ClipVocabulary.NO_MERGE) {
        break;
      }
      int kept = 0;
      for (int i = 0; i < length; i++) {
        if (i + 1 < length && symbols[i] == bestLeft && symbols[i + 1] == bestRight) {
          symbols[kept++] = best;
          i++;
        } else {
          symbols[kept++] = symbols[i];
        }
      }
      length = kept;
    }
    return Arrays.copyOf(symbols, length);
  }
}
