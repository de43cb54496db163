package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A restoration network in the jar, of one weight file.
 *
 * @param name by which settings ask for it
 * @param fileName of its weights, beside its {@code model.conf}
 * @param sha256 digest of this file in lower-case hexadecimal
 */
record EmbeddedNetwork(String name, String fileName, String sha256) {
  /** The network of this name, if the jar has one. */
  static Optional<EmbeddedNetwork> find(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      return Optional.empty();
    }
    try (InputStream in = open(name, "model.conf")) {
      if (in == null) {
        return Optional.empty();
      }
      Config conf = ConfigFactory.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      if (!conf.hasPath("network")) {
        return Optional.empty();
      }
      Config file = conf.getConfigList("files").get(0);
      return Optional.of(
          new EmbeddedNetwork(name, file.getString("name"), file.getString("sha256")));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The weights as a file, which is made where it is not in the folder yet. */
  Path file(Path cacheFolder) {
    Path target = cacheFolder.resolve(sha256 + ".safetensors");
    try {
      if (Files.isRegularFile(target) && Digests.sha256(target).equals(sha256)) {
        return target;
      }
      Files.createDirectories(cacheFolder);
      Path temporary = Files.createTempFile(cacheFolder, "extract", ".tmp");
      try (InputStream in = open(name, fileName)) {
        if (in == null) {
          throw new FileNotFoundException(fileName);
        }
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
      return target;
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static InputStream open(String name, String file) {
    return EmbeddedNetwork.class.getResourceAsStream(ModelBundle.EMBEDDED + name + "/" + file);
  }

  private static StableSrException unreadable(String name, IOException e) {
    return new StableSrException(
        ErrorCode.INPUT_READ,
        "The embedded network '%s' cannot be read: %s".formatted(name, e.getMessage()),
        e);
  }
}
