package io.stablesr.spark;

import io.stablesr.job.AllowedPrefixes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Finds where the uris of a manifest are, and refuses those that may not be read. */
final class ManifestUris {
  /** Stores that a manifest may name; others, such as http, would be requests in our name. */
  private static final Set<String> SCHEMES = Set.of("file", "hdfs", "s3a");

  private final Configuration hadoop;
  private final Path manifest;
  private final AllowedPrefixes allowed;
  private final Set<String> openedStores = new HashSet<>();

  ManifestUris(Configuration hadoop, Path manifest, AllowedPrefixes allowed) {
    this.hadoop = hadoop;
    this.manifest = manifest;
    this.allowed = allowed;
  }

  /**
   * A relative uri is relative to the manifest, so that both can be moved together.
   *
   * @throws IllegalArgumentException with the reason, without a full stop
   */
  String locate(String uri) {
    Path written = new Path(uri);
    String scheme = written.toUri().getScheme();
    if (allowed.isEmpty()
        && scheme != null
        && !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))
        && !scheme.equalsIgnoreCase(manifest.toUri().getScheme())) {
      throw new IllegalArgumentException(
          "the scheme '%s' is not allowed; images may be on file, hdfs, s3a or the manifest's own store"
              .formatted(scheme));
    }
    Path image = new Path(manifest.getParent(), written);
    if (!allowed.isEmpty() && !allowed.allows(image.toString())) {
      throw new IllegalArgumentException(
          "it is outside of input.allowed-prefixes (%s)"
              .formatted(String.join(", ", allowed.prefixes())));
    }
    return qualified(image).toString();
  }

  private Path qualified(Path image) {
    String authority = image.toUri().getAuthority();
    String store = image.toUri().getScheme() + "://" + authority;
    try {
      // A store that is not configured is an error of the manifest, once for each.
      if (authority == null || openedStores.add(store)) {
        return image.getFileSystem(hadoop).makeQualified(image);
      }
      return image;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
