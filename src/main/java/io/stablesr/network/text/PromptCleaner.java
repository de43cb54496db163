package io.stablesr.network.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clean-up of a prompt before it is encoded: repair of broken characters, HTML entities
 * resolved twice, runs of white space collapsed to one blank, lower case.
 *
 * <p>The repair covers what matters for prompts of {@code ftfy.fix_text} with its default options:
 *
 * <ul>
 *   <li>HTML entities that end in a semicolon, up to the first line that contains a {@code <};
 *   <li>UTF-8 that was read as Latin-1 or Windows-1252 ({@link MojibakeRepair});
 *   <li>C1 control characters become the Windows-1252 characters they were meant to be;
 *   <li>Latin ligatures, full-width and half-width characters become ordinary ones;
 *   <li>curly quotes become straight ones;
 *   <li>every kind of line break becomes {@code \n};
 *   <li>surrogates without partner become U+FFFD; terminal escapes, control characters and byte
 *       order marks are removed;
 *   <li>canonical composition (NFC).
 * </ul>
 *
 * <p>Not covered: text misread in other 8-bit encodings (such as Windows-1251, MacRoman), misread
 * text whose no-break spaces were already turned into blanks, and text of which bytes were lost.
 */
final class PromptCleaner {
  private static final Pattern WHITE_SPACE =
      Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern SINGLE_QUOTES = Pattern.compile("[\u02BC\u2018-\u201B]");
  private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\u201C-\u201F]");
  private static final Pattern LIGATURES =
      Pattern.compile("[\u0132\u0133\u0149\u01C4-\u01CC\u01F1-\u01F3\uFB00-\uFB04\uFB06]");
  private static final Pattern WIDE_OR_NARROW = Pattern.compile("[\u3000\uFF01-\uFFEF]");
  private static final Pattern LINE_BREAKS = Pattern.compile("\r\n|[\r\u2028\u2029]");
  private static final Pattern TERMINAL_ESCAPES = Pattern.compile("\u001B\\[[0-9;]*[a-zA-Z]");
  private static final Pattern CONTROLS =
      Pattern.compile("[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]");
  private static final Pattern C1_CONTROLS = Pattern.compile("[\\x80-\\x9F]");

  private PromptCleaner() {}

  /** The text that is split into words. */
  static String clean(String prompt) {
    String text = HtmlEntities.unescape(HtmlEntities.unescape(repair(prompt)));
    return WHITE_SPACE.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
  }

  /** The repair alone: the first item of the list above until the last, until nothing changes. */
  static String repair(String text) {
    int markup = text.indexOf('<');
    int plainEnd = markup < 0 ? text.length() : text.lastIndexOf('\n', markup) + 1;
    return untilStable(
            text.substring(0, plainEnd),
            part -> repairCharacters(HtmlEntities.unescapeTerminated(part)))
        + untilStable(text.substring(plainEnd), PromptCleaner::repairCharacters);
  }

  private static String untilStable(String text, UnaryOperator<String> step) {
    String current = text;
    String next = step.apply(current);
    while (!next.equals(current)) {
      current = next;
      next = step.apply(current);
    }
    return current;
  }

  private static String repairCharacters(String text) {
    String fixed = MojibakeRepair.repair(text);
    fixed =
        C1_CONTROLS
            .matcher(fixed)
            .replaceAll(match -> String.valueOf(Windows1252.decode(match.group().charAt(0))));
    // U+FB05 on its own: compatibility normalisation would also turn its long s into s.
    fixed = compatible(LIGATURES, fixed.replace("\uFB05", "\u017Ft"));
    fixed = compatible(WIDE_OR_NARROW, fixed);
    fixed = SINGLE_QUOTES.matcher(fixed).replaceAll("'");
    fixed = DOUBLE_QUOTES.matcher(fixed).replaceAll("\"");
    fixed = LINE_BREAKS.matcher(fixed).replaceAll("\n");
    fixed = replaceLoneSurrogates(fixed);
    fixed = TERMINAL_ESCAPES.matcher(fixed).replaceAll("");
    fixed = CONTROLS.matcher(fixed).replaceAll("");
    return Normalizer.normalize(fixed, Normalizer.Form.NFC);
  }

  private static String compatible(Pattern characters, String text) {
    return characters
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    Normalizer.normalize(match.group(), Normalizer.Form.NFKC)));
  }

  private static String replaceLoneSurrogates(String text) {
    if (text.chars().noneMatch(unit -> Character.isSurrogate((char) unit))) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints()
        .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }
}
