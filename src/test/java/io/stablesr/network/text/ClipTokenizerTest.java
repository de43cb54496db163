package io.stablesr.network.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.SharedFolder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTokenizerTest {
  private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

  @Test
  void everyRecordedPromptHasTheReferenceIds() {
    Config golden =
        ConfigFactory.parseFile(SharedFolder.path("goldens/public/14_text_prompts.json").toFile());
    List<String> prompts = golden.getStringList("prompts");
    assertThat(prompts).hasSizeGreaterThan(10);
    for (int i = 0; i < prompts.size(); i++) {
      long[] expected =
          golden.getList("tokens").get(i).unwrapped() instanceof List<?> row
              ? row.stream().mapToLong(id -> ((Number) id).longValue()).toArray()
              : new long[0];
      assertThat(TOKENIZER.encode(prompts.get(i))).as(prompts.get(i)).isEqualTo(expected);
    }
  }

  @Test
  void theEmptyPromptIsStartEndAndPadding() {
    long[] expected = new long[77];
    expected[0] = 49406;
    expected[1] = 49407;

    assertThat(TOKENIZER.encode("")).isEqualTo(expected);
    assertThat(TOKENIZER.encode(" \t\n")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          3d, cartoon, anime, sketches, (worst quality:2), (low quality:2) | \
          274 323 267 7651 267 6469 267 17622 267 263 5719 3027 281 273 2361 263 1042 3027 281 273 264
          (masterpiece:2), (best quality:2), (realistic:2), (very clear:2) | \
          263 12066 281 273 2361 263 949 3027 281 273 2361 263 16157 281 273 2361 263 1070 3143 281 273 264
          Good photo. | 886 1125 269
          GOOD  pHoTo. | 886 1125 269
          2023 | 273 271 273 274
          word10 | 2653 272 271
          don't we'll I'd they've you're I'm | 847 713 649 1342 328 1896 889 1200 592 982 328 880
          café | 15304
          cafe\u0301 | 15304
          cafÃ© | 15304
          caf&eacute; | 15304
          ‘it’s’ | 262 585 568 262
          it's | 585 568
          ＳＲ ４Ｋ | 5428 275 330
          """)
  void aPromptBecomesTheseIds(String prompt, String ids) {
    long[] expected =
        Arrays.stream(ids.strip().split(" ", -1)).mapToLong(Long::parseLong).toArray();

    assertThat(meaningful(TOKENIZER.encode(prompt))).isEqualTo(expected);
  }

  @Test
  void aLongPromptIsCutAndStillEnds() {
    long[] ids = TOKENIZER.encode("photo ".repeat(500));

    assertThat(ids).hasSize(77).endsWith(1125, 49407);
    assertThat(TOKENIZER.encode("photo ".repeat(75))).isEqualTo(ids);
    assertThat(TOKENIZER.encode("photo ".repeat(74))).endsWith(1125, 49407, 0);
  }

  @Test
  void aHugeWordIsCutInReasonableTime() {
    assertThat(TOKENIZER.encode("ab".repeat(50_000))).hasSize(77).endsWith(49407);
  }

  @Test
  void parenthesesAreNoWeightSyntax() {
    assertThat(meaningful(TOKENIZER.encode("(worst quality:2)")))
        .containsExactly(263, 5719, 3027, 281, 273, 264);
  }

  @Test
  void theMarkersAreSingleIdsEvenInsideAPrompt() {
    assertThat(meaningful(TOKENIZER.encode("good <end_of_text> <START_OF_TEXT> photo")))
        .containsExactly(886, 49407, 49406, 1125);
  }

  @Test
  void anyTextEncodesToAWellFormedRow() {
    Random random = new Random(20240712);
    Set<Long> seen = new HashSet<>();
    for (int round = 0; round < 500; round++) {
      StringBuilder prompt = new StringBuilder();
      for (int i = random.nextInt(120); i > 0; i--) {
        // Lone surrogates, unassigned code points and controls included.
        prompt.appendCodePoint(
            random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x500));
      }
      long[] ids = TOKENIZER.encode(prompt.toString());
      assertThat(ids).hasSize(77).startsWith(49406).contains(49407);
      Arrays.stream(ids).forEach(seen::add);
    }
    assertThat(seen).allMatch(id -> id >= 0 && id <= 49407);
  }

  /** The ids between start and the last end id. */
  private static long[] meaningful(long[] row) {
    int end = row.length - 1;
    while (row[end] == 0) {
      end--;
    }
    assertThat(row).startsWith(49406);
    assertThat(row[end]).isEqualTo(49407);
    return Arrays.copyOfRange(row, 1, end);
  }
}
