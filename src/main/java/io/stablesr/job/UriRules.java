package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an address in a manifest may look like, whatever store it names. */
public final class UriRules {
  private static final Pattern AUTHORITY = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)");

  /** Azure names a container before the account: {@code abfss://container@account}. */
  private static final Pattern CONTAINER = Pattern.compile("(?i)(abfs|wasb)s?");

  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Pattern S3 = Pattern.compile("(?i)s3[an]?");
  private static final Pattern ENCODED = Pattern.compile("(?i)%(2e|2f|5c|25)");

  private static final Pattern USER = Pattern.compile("//[^\\s/@']+@");
  private static final Pattern S3_KEYS = Pattern.compile("(?i)(s3[an]?://)[^\\s/@':]+:[^\\s@']*@");
  private static final Pattern USER_AND_SECRET =
      Pattern.compile("//[^\\s/@':]+:(?!\\d+(?:/|$))[^\\s@']*@");
  private static final Pattern WITHOUT_SLASHES =
      Pattern.compile("(^|[\\s'])[^\\s/@':]+:(?!/)[^\\s@']*@");
  private static final Pattern SCHEME_AND_SECRET = Pattern.compile("^[^\\s/@':]+:(?!/)[^\\s@']*@");
  private static final Pattern QUERY = Pattern.compile("(?i)(https?://[^\\s?']*)\\?[^\\s']*");

  private UriRules() {}

  /** A text that may hold uris, as it may be shown: what may be a secret is {@code ***}. */
  public static String masked(String text) {
    String shown = text;
    if (text.indexOf('@') >= 0) {
      shown = S3_KEYS.matcher(shown).replaceAll("$1***@");
      shown = USER.matcher(shown).replaceAll("//***@");
      shown = USER_AND_SECRET.matcher(shown).replaceAll("//***@");
      shown = WITHOUT_SLASHES.matcher(shown).replaceAll("$1***@");
    }
    return text.indexOf('?') >= 0 ? QUERY.matcher(shown).replaceAll("$1?***") : shown;
  }

  /**
   * Refuses credentials and ways up.
   *
   * @throws IllegalArgumentException with the reason, without a full stop
   */
  public static void check(String uri) {
    if (holdsCredentials(uri)) {
      throw new IllegalArgumentException(
          "it holds credentials; give them to the store by its own settings or environment");
    }
    if (climbs(uri)) {
      throw new IllegalArgumentException("it has a '..' segment, plain or encoded");
    }
  }

  /**
   * Refuses credentials in an address of the command line.
   *
   * @param what what the address is, as in {@code input}
   * @throws StableSrException ({@link ErrorCode#CONFIG})
   */
  public static void requireNoCredentials(String what, String uri) {
    if (holdsCredentials(uri)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The %s %s holds credentials; give them to the store by its own settings or environment."
              .formatted(what, masked(uri)));
    }
  }

  private static boolean holdsCredentials(String uri) {
    Matcher matcher = AUTHORITY.matcher(uri);
    if (!matcher.find()) {
      return SCHEME_AND_SECRET.matcher(uri).find();
    }
    String authority = matcher.group(2);
    if (CONTAINER.matcher(matcher.group(1)).matches()) {
      return authority.contains(":");
    }
    // A secret may hold a slash, so that the @ behind it is not in the authority any more.
    boolean secretBegins =
        S3.matcher(matcher.group(1)).matches()
            ? authority.contains(":")
            : PORT.matcher(authority).replaceFirst("").contains(":") && !authority.startsWith("[");
    return authority.contains("@") || secretBegins;
  }

  /** Whether a path has a segment {@code ..}, also when it is decoded, even more than once. */
  static boolean climbs(String path) {
    String text = path;
    while (true) {
      if (text.contains("..")) {
        for (String segment : text.split("[/\\\\]", -1)) {
          if (segment.equals("..")) {
            return true;
          }
        }
      }
      Matcher encoded = ENCODED.matcher(text);
      if (text.indexOf('%') < 0 || !encoded.find()) {
        return false;
      }
      text =
          encoded.replaceAll(
              found ->
                  Matcher.quoteReplacement(
                      Character.toString((char) Integer.parseInt(found.group(1), 16))));
    }
  }
}
