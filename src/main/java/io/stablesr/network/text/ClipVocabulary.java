package io.stablesr.network.text;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The 49,408 symbols of CLIP: 256 bytes, the same 256 bytes at the end of a word, 48,894 merges in
 * the order of their rank, the start and the end of a text.
 */
final class ClipVocabulary {
  /** What {@link #mergeOf} answers for a pair that is never joined. */
  static final int NO_MERGE = Integer.MAX_VALUE;

  static final int START_ID = 49406;
  static final int END_ID = 49407;

  private static final int BYTES = 256;
  private static final int FIRST_MERGE_ID = 2 * BYTES;
  private static final int MERGES = START_ID - FIRST_MERGE_ID;
  private static final String WORD_END = "</w>";
  private static final String RESOURCE = "clip-merges.txt.gz";

  /** The id of each byte inside a word; at the end of a word it is {@link #BYTES} more. */
  private final int[] byteIds;

  private final Map<Long, Integer> merges;

  private ClipVocabulary(int[] byteIds, Map<Long, Integer> merges) {
    this.byteIds = byteIds;
    this.merges = merges;
  }

  /** Reads the merges from the class path. */
  static ClipVocabulary load() {
    try (InputStream resource = ClipVocabulary.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new StableSrException(
            ErrorCode.INTERNAL,
            "The CLIP vocabulary %s is not on the class path; use a complete build of this program"
                .formatted(RESOURCE));
      }
      return parse(resource);
    } catch (IOException e) {
      throw damaged("it cannot be read", e);
    }
  }

  private static ClipVocabulary parse(InputStream gzip) throws IOException {
    int[] byteIds = new int[BYTES];
    Map<String, Integer> idsByName = new HashMap<>(2 * (FIRST_MERGE_ID + MERGES));
    int[] printable = printableBytes();
    for (int id = 0; id < BYTES; id++) {
      byteIds[printable[id]] = id;
      String name = String.valueOf(nameOf(printable, id));
      idsByName.put(name, id);
      idsByName.put(name + WORD_END, BYTES + id);
    }
    Map<Long, Integer> merges = new HashMap<>(2 * MERGES);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(gzip), StandardCharsets.UTF_8))) {
      List<String> lines = reader.lines().toList();
      if (lines.size() != MERGES) {
        throw damaged("it has %d merges instead of %d".formatted(lines.size(), MERGES), null);
      }
      for (int rank = 0; rank < MERGES; rank++) {
        String line = lines.get(rank);
        int gap = line.indexOf(' ');
        Integer left = gap < 0 ? null : idsByName.get(line.substring(0, gap));
        Integer right = gap < 0 ? null : idsByName.get(line.substring(gap + 1));
        if (left == null || right == null) {
          throw damaged("merge %d, '%s', joins an unknown symbol".formatted(rank, line), null);
        }
        int id = FIRST_MERGE_ID + rank;
        merges.put(pair(left, right), id);
        if (idsByName.put(line.substring(0, gap) + line.substring(gap + 1), id) != null) {
          throw damaged("merge %d, '%s', makes a known symbol".formatted(rank, line), null);
        }
      }
    }
    return new ClipVocabulary(byteIds, merges);
  }

  /** The bytes in the order of their ids: those with a visible Latin-1 character come first. */
  private static int[] printableBytes() {
    int[] order = new int[BYTES];
    int next = 0;
    for (int value = 0; value < BYTES; value++) {
      if (isVisible(value)) {
        order[next++] = value;
      }
    }
    for (int value = 0; value < BYTES; value++) {
      if (!isVisible(value)) {
        order[next++] = value;
      }
    }
    return order;
  }

  /** A visible byte is written as its Latin-1 character, the others as U+0100 and following. */
  private static char nameOf(int[] order, int id) {
    int visible = 188;
    return (char) (id < visible ? order[id] : 0x100 + id - visible);
  }

  private static boolean isVisible(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }

  /** The symbols of a word before any merge; {@code utf8} is not empty. */
  int[] symbolsOf(byte[] utf8) {
    int[] symbols = new int[utf8.length];
    for (int i = 0; i < utf8.length; i++) {
      symbols[i] = byteIds[utf8[i] & 0xFF];
    }
    symbols[utf8.length - 1] += BYTES;
    return symbols;
  }

  /** The id of two joined symbols, or {@link #NO_MERGE}. */
  int mergeOf(int left, int right) {
    return merges.getOrDefault(pair(left, right), NO_MERGE);
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static StableSrException damaged(String reason, Throwable cause) {
    return new StableSrException(
        ErrorCode.INTERNAL,
        "The CLIP vocabulary %s of this build is damaged: %s".formatted(RESOURCE, reason),
        cause);
  }
}
