package io.stablesr.report;

/**
 * Text for HTML. File names, messages and settings come from outside: whatever is put into a page
 * goes through here.
 */
final class Html {
  private Html() {}

  /** Text between tags, in quoted attributes and in SVG. */
  static String text(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  /** A name of a file, kept from turning the direction of the text around it. */
  static String name(String name) {
    return "<bdi>" + text(name) + "</bdi>";
  }

  private static boolean isAllowed(int c) {
    boolean control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
    return !control && !(c >= 0xD800 && c < 0xE000);
  }
}
