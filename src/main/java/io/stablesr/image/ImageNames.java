package io.stablesr.image;

import java.util.Locale;
import java.util.Set;

/** Which file names are images. */
public final class ImageNames {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp");

  private ImageNames() {}

  /** Whether a folder listing takes the file of this name: hidden files and others are left out. */
  public static boolean isImage(String fileName) {
    return !fileName.startsWith(".") && EXTENSIONS.contains(extension(fileName));
  }

  /** The path without the ending of its last part, when that ending is an image's. */
  public static String withoutExtension(String path) {
    String extension = extension(path);
    return EXTENSIONS.contains(extension)
        ? path.substring(0, path.length() - extension.length() - 1)
        : path;
  }

  private static String extension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') + 1 ? path.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
  }
}
