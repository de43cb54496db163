package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ModelDescription.BundleFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A restoration network in the jar, of one weight file.
 *
 * @param name by which settings ask for it
 * @param file its weights, beside its {@code model.conf}
 * @param licence its licence
 */
record EmbeddedNetwork(String name, BundleFile file, String licence) {
  /** The networks in the jar. */
  static final List<String> NAMES = List.of("stablesr-cleaner-x1", "stablesr-cleaner");

  /** The network of this name, if the jar has one. */
  static Optional<EmbeddedNetwork> find(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      return Optional.empty();
    }
    try (InputStream in = WeightCache.embedded(name, "model.conf")) {
      if (in == null) {
        return Optional.empty();
      }
      Config conf = ConfigFactory.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return conf.hasPath("network")
          ? Optional.of(
              new EmbeddedNetwork(
                  name,
                  ModelConf.file(conf.getConfigList("files").get(0)),
                  conf.getString("licence")))
          : Optional.empty();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The weights as a file, which is made where it is not in the folder yet. */
  Path extracted(Path cacheFolder) {
    try {
      return new WeightCache(cacheFolder).extracted(name, file);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static StableSrException unreadable(String name, IOException e) {
    return new StableSrException(
        ErrorCode.INPUT_READ,
        "The embedded network '%s' cannot be read: %s".formatted(name, e.getMessage()),
        e);
  }
}
