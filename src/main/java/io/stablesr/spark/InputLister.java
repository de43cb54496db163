package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageNames;
import io.stablesr.job.AllowedPrefixes;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageListing;
import io.stablesr.job.InputFormat;
import io.stablesr.job.Manifest;
import io.stablesr.job.ManifestEntries;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.UriRules;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;

/** Finds the images that an input means: a manifest, a file, a folder or a glob. */
final class InputLister {
  private final SparkSession spark;
  private final Configuration hadoop;
  private final Config settings;
  private final InputFormat wanted;
  private final AllowedPrefixes allowed;

  InputLister(SparkSession spark, Config settings) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.settings = settings;
    this.wanted = SettingsReader.plan(settings).format();
    this.allowed = qualified(SettingsReader.plan(settings).allowed());
  }

  /**
   * Lists the images in the order of their ids.
   *
   * @param outputFolder qualified, on any store; left out when it lies inside of the input
   * @throws StableSrException when there is no image, a manifest has an error, or the store fails
   */
  ImageListing list(String input, Path outputFolder) {
    String shown = UriRules.masked(input);
    UriRules.requireNoCredentials("input", input);
    try {
      Path path = new Path(input);
      FileSystem files = path.getFileSystem(hadoop);
      ImageListing listing = listing(files, files.makeQualified(path), outputFolder);
      if (listing.images().isEmpty()) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "The input %s holds no images (jpg, png, webp, tif, bmp).".formatted(shown));
      }
      return listing;
    } catch (FileNotFoundException e) {
      throw missing(shown, e);
    } catch (IOException | UncheckedIOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The input %s cannot be listed: %s."
              .formatted(shown, UriRules.masked(String.valueOf(e.getMessage()))),
          e);
    } catch (IllegalArgumentException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The input %s is not a path: %s."
              .formatted(shown, UriRules.masked(String.valueOf(e.getMessage()))),
          e);
    }
  }

  private ImageListing listing(FileSystem files, Path path, Path outputFolder) throws IOException {
    // A name with brackets is looked up literally before it is taken as a glob.
    if (!files.exists(path)) {
      if (wanted != InputFormat.AUTO && wanted != InputFormat.FOLDER) {
        throw missing(path.toString(), null);
      }
      return ImageListing.of(glob(files, path, outputFolder));
    }
    FileStatus status = files.getFileStatus(path);
    return switch (format(status)) {
      case FOLDER -> {
        requireAllowed(path);
        yield ImageListing.of(
            status.isDirectory()
                ? folder(files, status.getPath(), outputFolder)
                : List.of(entry(path.getName(), path, status)));
      }
      case CSV, JSONL, LIST -> textManifest(files, path, format(status));
      case PARQUET -> parquetManifest(path);
      case S3_INVENTORY -> new InventoryFiles(hadoop, allowed).read(files, path);
      case AUTO -> throw new IllegalStateException();
    };
  }

  private InputFormat format(FileStatus status) {
    if (wanted != InputFormat.AUTO) {
      return wanted;
    }
    InputFormat byName = InputFormat.ofName(status.getPath().getName());
    boolean fitting = !status.isDirectory() || byName == InputFormat.PARQUET;
    return fitting ? byName : InputFormat.FOLDER;
  }

  private List<ImageEntry> glob(FileSystem files, Path path, Path outputFolder) throws IOException {
    Path root = withoutGlob(path);
    FileStatus[] matches = root.equals(path) ? null : files.globStatus(path);
    if (matches == null) {
      throw missing(path.toString(), null);
    }
    requireAllowed(root);
    List<ImageEntry> entries = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile() && isInput(root, match.getPath(), outputFolder)) {
        entries.add(entry(idBelow(root, match.getPath()), match.getPath(), match));
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
    List<ImageEntry> entries = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> found = files.listFiles(root, /* recursive */ true);
    while (found.hasNext()) {
      LocatedFileStatus status = found.next();
      Path path = status.getPath();
      if (isInput(root, path, outputFolder)) {
        entries.add(entry(idBelow(root, path), path, status));
      }
    }
    return entries;
  }

  /** Results of earlier runs are none, where the output lies inside of the input. */
  private static boolean isInput(Path root, Path path, Path outputFolder) {
    boolean inside = outputFolder.toString().startsWith(root + "/");
    return ImageNames.isImage(path.getName())
        && !(inside && path.toString().startsWith(outputFolder + "/"));
  }

  private ImageListing textManifest(FileSystem files, Path path, InputFormat format)
      throws IOException {
    ManifestEntries entries = entries(path);
    try (Reader text = new InputStreamReader(files.open(path), StandardCharsets.UTF_8)) {
      Manifest.read(format, text, entries);
    }
    return entries.listing();
  }

  private ImageListing parquetManifest(Path path) {
    ManifestEntries entries = entries(path);
    ParquetManifest.read(spark, path, entries);
    return entries.listing();
  }

  private ManifestEntries entries(Path manifest) {
    return new ManifestEntries(settings, new ManifestUris(hadoop, manifest, allowed)::locate);
  }

  private static ImageEntry entry(String id, Path path, FileStatus status) {
    return ImageEntry.of(id, path.toString())
        .withSource(OptionalLong.of(status.getLen()), SourceVersion.of(status));
  }

  private static String idBelow(Path root, Path file) {
    String prefix = root.toUri().getPath();
    String path = file.toUri().getPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()).replaceFirst("^/+", "") : path;
  }

  private AllowedPrefixes qualified(AllowedPrefixes written) {
    List<String> prefixes = new ArrayList<>();
    for (String prefix : written.prefixes()) {
      if (!prefix.toLowerCase(Locale.ROOT).matches("[a-z][a-z0-9+.-]*:/.*")) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "input.allowed-prefixes has '%s'; it must begin with a scheme, as file:/data or s3a://bucket/photos."
                .formatted(UriRules.masked(prefix)));
      }
      prefixes.add(prefix);
    }
    return new AllowedPrefixes(prefixes);
  }

  private void requireAllowed(Path path) {
    if (!allowed.allows(path.toString())) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The input %s is outside of input.allowed-prefixes (%s)."
              .formatted(path, String.join(", ", allowed.prefixes())));
    }
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
