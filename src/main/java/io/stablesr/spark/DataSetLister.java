package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageNames;
import io.stablesr.image.PicturesByStem;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.UriRules;
import io.stablesr.sweep.DataSet;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Finds the pictures of data sets: released layouts, or both of a pair in one folder as {@code
 * NAME_LR4.png} and {@code NAME_HR.png}.
 */
final class DataSetLister {
  private static final Pattern LOW_IN_FLAT = Pattern.compile("(.+)_LR\\d?");
  private static final Pattern REFERENCE_IN_FLAT = Pattern.compile("(.+)_HR");

  private final Configuration hadoop;
  private final ProgressConsole console;

  DataSetLister(Configuration hadoop, ProgressConsole console) {
    this.hadoop = hadoop;
    this.console = console;
  }

  /**
   * The pictures of the sets that are there, by set and name.
   *
   * @param imagesPerSet first pictures that are taken; 0 takes all
   * @throws StableSrException INPUT_NOT_FOUND where a set that must be there is not or is empty
   */
  List<SweepImage> list(List<DataSet> sets, int imagesPerSet) {
    List<SweepImage> images = new ArrayList<>();
    for (DataSet set : sets) {
      List<SweepImage> found = list(set);
      int taken = imagesPerSet == 0 ? found.size() : Math.min(imagesPerSet, found.size());
      if (taken > 0) {
        console.say("%s: %d of %d pictures".formatted(set.name(), taken, found.size()));
      }
      images.addAll(found.subList(0, taken));
    }
    if (images.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "None of the data sets is there; see the paths in sweep.data-sets.");
    }
    return images;
  }

  private List<SweepImage> list(DataSet set) {
    try {
      if (set.low().isPresent()) {
        return pairs(
            set,
            requirePictures(set, folder(set.low().get())),
            set.reference().isPresent()
                ? Optional.of(folder(set.reference().get()))
                : Optional.empty());
      }
      for (String written : set.folders()) {
        Path folder = qualified(written);
        if (exists(folder)) {
          return layout(set, folder);
        }
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The data set %s cannot be listed: %s."
              .formatted(set.name(), UriRules.masked(String.valueOf(e.getMessage()))),
          e);
    }
    if (set.presence() == DataSet.Presence.OPTIONAL) {
      console.say("%s: not there, left out".formatted(set.name()));
      return List.of();
    }
    throw new StableSrException(
        ErrorCode.INPUT_NOT_FOUND,
        "The data set %s is not there: there is no folder %s."
            .formatted(set.name(), UriRules.masked(String.join(" or ", set.folders()))));
  }

  private List<SweepImage> layout(DataSet set, Path folder) throws IOException {
    Optional<Path> low = first(folder, DataSet.LOW_NAMES);
    if (low.isPresent()) {
      Optional<Path> reference =
          set.reference().isPresent()
              ? Optional.of(qualified(set.reference().get()))
              : first(folder, DataSet.REFERENCE_NAMES);
      return pairs(
          set,
          requirePictures(set, pictures(low.get())),
          reference.isPresent() ? Optional.of(pictures(reference.get())) : Optional.empty());
    }
    Map<String, FileStatus> all = requirePictures(set, pictures(folder));
    Map<String, FileStatus> lows = matching(all, LOW_IN_FLAT);
    return lows.isEmpty()
        ? pairs(set, all, Optional.empty())
        : pairs(set, lows, Optional.of(matching(all, REFERENCE_IN_FLAT)));
  }

  private List<SweepImage> pairs(
      DataSet set, Map<String, FileStatus> low, Optional<Map<String, FileStatus>> references) {
    List<SweepImage> images = new ArrayList<>();
    int alone = 0;
    for (Map.Entry<String, FileStatus> picture : low.entrySet()) {
      FileStatus reference = references.map(known -> known.get(picture.getKey())).orElse(null);
      if (references.isPresent() && reference == null) {
        alone++;
        continue;
      }
      images.add(
          new SweepImage(
              set.name(),
              picture.getKey(),
              picture.getValue().getPath().toString(),
              SourceVersion.of(picture.getValue()),
              reference == null ? null : reference.getPath().toString(),
              reference == null ? null : SourceVersion.of(reference)));
    }
    if (alone > 0) {
      console.say(
          "%s: %d pictures have no true one of the same name and are left out"
              .formatted(set.name(), alone));
    }
    return images;
  }

  /** The results of another program, by name without extension. */
  Map<String, FileStatus> results(String folder) {
    try {
      return folder(folder);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The folder of results %s cannot be listed: it does not exist or is not readable."
              .formatted(UriRules.masked(folder)),
          e);
    }
  }

  private Map<String, FileStatus> folder(String written) throws IOException {
    return pictures(qualified(written));
  }

  private Map<String, FileStatus> requirePictures(DataSet set, Map<String, FileStatus> pictures) {
    if (pictures.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The data set %s has no pictures (jpg, png, webp, tif, bmp) where low-quality ones are expected: in its folder %s or directly."
              .formatted(set.name(), String.join(", ", DataSet.LOW_NAMES)));
    }
    return pictures;
  }

  private Optional<Path> first(Path folder, List<String> names) throws IOException {
    for (String name : names) {
      Path child = new Path(folder, name);
      if (exists(child)) {
        return Optional.of(child);
      }
    }
    return Optional.empty();
  }

  private Map<String, FileStatus> pictures(Path folder) throws IOException {
    PicturesByStem<FileStatus> pictures = new PicturesByStem<>(FileStatus::getPath);
    for (FileStatus status : folder.getFileSystem(hadoop).listStatus(folder)) {
      String name = status.getPath().getName();
      if (status.isFile() && ImageNames.isImage(name)) {
        pictures.add(name, status);
      }
    }
    return pictures.found();
  }

  private static Map<String, FileStatus> matching(Map<String, FileStatus> all, Pattern pattern) {
    Map<String, FileStatus> matching = new TreeMap<>();
    all.forEach(
        (stem, status) -> {
          Matcher match = pattern.matcher(stem);
          if (match.matches()) {
            matching.put(match.group(1), status);
          }
        });
    return matching;
  }

  private boolean exists(Path folder) throws IOException {
    try {
      return folder.getFileSystem(hadoop).getFileStatus(folder).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private Path qualified(String folder) throws IOException {
    UriRules.requireNoCredentials("data set", folder);
    Path path = new Path(folder);
    FileSystem files = path.getFileSystem(hadoop);
    return files.makeQualified(path);
  }
}
