package io.stablesr.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Every picture inside the test jars of TwelveMonkeys' JPEG, TIFF and WebP plug-ins: real, odd and
 * broken ones.
 */
public final class OddPictures {
  /** How many there are. */
  public static final int FILES = 262;

  /** How many of them can be decoded; docs/images.md lists the others. */
  public static final int DECODED = 241;

  private OddPictures() {}

  /** The files by their path in the jar, as {@code exif/Portrait_1.jpg}. */
  public static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String example : List.of("/exif/Portrait_1.jpg", "/tiff/house.tif", "/webp/1.webp")) {
      String location = OddPictures.class.getResource(example).toString();
      URI jar = URI.create(location.substring(0, location.indexOf("!")));
      try (FileSystem system = FileSystems.newFileSystem(jar, Map.of());
          Stream<Path> paths = Files.walk(system.getPath("/"))) {
        for (Path path : paths.filter(OddPictures::isPicture).toList()) {
          files.put(path.toString().substring(1), Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  private static boolean isPicture(Path path) {
    String name = path.toString();
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return Set.of("jpg", "jpeg", "tif", "tiff", "webp").contains(ending);
  }
}
