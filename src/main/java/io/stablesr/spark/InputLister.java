package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageNames;
import io.stablesr.job.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Finds the images that an input means: a manifest, a file, a folder or a glob. */
final class InputLister {
  /** Stores that a manifest may name; others, such as http, would be requests in our name. */
  private static final Set<String> MANIFEST_SCHEMES = Set.of("file", "hdfs", "s3a");

  private final Configuration hadoop;
  private final Config settings;

  InputLister(Configuration hadoop, Config settings) {
    this.hadoop = hadoop;
    this.settings = settings;
  }

  /**
   * Lists the images in the order of their ids.
   *
   * @param outputFolder qualified, on any store; left out when it lies inside of the input
   * @throws StableSrException when there is no image, a manifest has an error, or the store fails
   */
  List<ImageEntry> list(String input, Path outputFolder) {
    try {
      Path path = new Path(input);
      FileSystem files = path.getFileSystem(hadoop);
      List<ImageEntry> entries = entries(files, files.makeQualified(path), outputFolder);
      if (entries.isEmpty()) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "The input %s holds no images (jpg, png, webp, tif, bmp).".formatted(input));
      }
      List<ImageEntry> sorted = new ArrayList<>(entries);
      sorted.sort(Comparator.comparing(ImageEntry::id));
      return sorted;
    } catch (FileNotFoundException e) {
      throw missing(input, e);
    } catch (IOException | UncheckedIOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The input %s cannot be listed: %s.".formatted(input, e.getMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The input %s is not a path: %s.".formatted(input, e.getMessage()),
          e);
    }
  }

  private List<ImageEntry> entries(FileSystem files, Path path, Path outputFolder)
      throws IOException {
    // A name with brackets is looked up literally before it is taken as a glob.
    if (files.exists(path)) {
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        return folder(files, status.getPath(), outputFolder);
      }
      return path.getName().toLowerCase(Locale.ROOT).endsWith(".csv")
          ? manifest(files, path)
          : List.of(ImageEntry.of(path.getName(), path.toString()));
    }
    Path root = withoutGlob(path);
    FileStatus[] matches = root.equals(path) ? null : files.globStatus(path);
    if (matches == null) {
      throw missing(path.toString(), null);
    }
    List<ImageEntry> entries = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile() && ImageNames.isImage(match.getPath().getName())) {
        entries.add(entry(root, match.getPath()));
      }
    }
    return entries;
  }

  private static List<ImageEntry> folder(FileSystem files, Path root, Path outputFolder)
      throws IOException {
    if (outputFolder.equals(root)) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Input and output are the same folder, %s.".formatted(root));
    }
    String leftOut = outputFolder + "/";
    List<ImageEntry> entries = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> found = files.listFiles(root, /* recursive */ true);
    while (found.hasNext()) {
      Path path = found.next().getPath();
      if (ImageNames.isImage(path.getName()) && !path.toString().startsWith(leftOut)) {
        entries.add(entry(root, path));
      }
    }
    return entries;
  }

  private List<ImageEntry> manifest(FileSystem files, Path path) throws IOException {
    String text;
    try (FSDataInputStream stream = files.open(path)) {
      text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    return Manifest.parse(text, settings, uri -> located(path, uri));
  }

  /** A relative uri is relative to the manifest, so that both can be moved together. */
  private String located(Path manifest, String uri) {
    Path written = new Path(uri);
    String scheme = written.toUri().getScheme();
    if (scheme != null
        && !MANIFEST_SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))
        && !scheme.equalsIgnoreCase(manifest.toUri().getScheme())) {
      throw new IllegalArgumentException(
          "the scheme '%s' is not allowed; images may be on file, hdfs, s3a or the manifest's own store"
              .formatted(scheme));
    }
    Path image = new Path(manifest.getParent(), written);
    try {
      return image.getFileSystem(hadoop).makeQualified(image).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static ImageEntry entry(Path root, Path file) {
    String prefix = root.toUri().getPath();
    String path = file.toUri().getPath();
    String id =
        path.startsWith(prefix) ? path.substring(prefix.length()).replaceFirst("^/+", "") : path;
    return ImageEntry.of(id, file.toString());
  }

  /** The deepest folder above the first part that has a glob character. */
  private static Path withoutGlob(Path path) {
    Path root = path;
    for (Path at = path; at != null; at = at.getParent()) {
      if (at.getName().matches(".*[*?{\\[].*")) {
        root = at.getParent();
      }
    }
    return root;
  }

  private static StableSrException missing(String input, Throwable cause) {
    return new StableSrException(
        ErrorCode.INPUT_NOT_FOUND, "The input %s does not exist.".formatted(input), cause);
  }
}
