package io.stablesr.job;

import java.util.List;
import java.util.Locale;

/**
 * Places that inputs may be read from. A prefix matches whole path segments: {@code s3a://b/photos}
 * allows {@code s3a://b/photos/x.jpg}, not {@code s3a://b/photos2/x.jpg}.
 *
 * @param prefixes qualified uris; empty = no restriction of this kind
 */
public record AllowedPrefixes(List<String> prefixes) {
  /** Brings the prefixes to one form. */
  public AllowedPrefixes {
    prefixes =
        prefixes.stream().map(prefix -> normal(prefix).replaceFirst("/+$", "")).sorted().toList();
  }

  /** Whether there is no restriction. */
  public boolean isEmpty() {
    return prefixes.isEmpty();
  }

  /** Whether a qualified uri lies at or below one of the prefixes, or there are none. */
  public boolean allows(String uri) {
    String wanted = normal(uri);
    return prefixes.isEmpty()
        || prefixes.stream()
            .anyMatch(
                prefix ->
                    wanted.startsWith(prefix)
                        && (wanted.length() == prefix.length()
                            || wanted.charAt(prefix.length()) == '/'));
  }

  /** The scheme in lower case, and {@code file:/} for {@code file:///}. */
  private static String normal(String uri) {
    int colon = uri.indexOf(':');
    if (colon < 0) {
      return uri;
    }
    String rest = uri.substring(colon + 1);
    return uri.substring(0, colon).toLowerCase(Locale.ROOT)
        + ":"
        + (rest.startsWith("///") ? rest.substring(2) : rest);
  }
}
