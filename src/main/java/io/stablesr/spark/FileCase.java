package io.stablesr.spark;

import io.stablesr.job.OutputKeys.KeyCase;
import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds out whether a folder's file system tells {@code a.png} from {@code A.png}. */
final class FileCase {
  private FileCase() {}

  /** Looks up the nearest folder that exists by its name in the other case; writes nothing. */
  static KeyCase of(Path folder, Configuration hadoop) throws IOException {
    if (!"file".equals(folder.toUri().getScheme())) {
      return KeyCase.DISTINGUISHED;
    }
    FileSystem files = folder.getFileSystem(hadoop);
    for (Path at = folder; at != null && at.getParent() != null; at = at.getParent()) {
      String other = swapped(at.getName());
      if (!other.equals(at.getName()) && files.exists(at)) {
        return files.exists(new Path(at.getParent(), other)) && !isListed(files, at, other)
            ? KeyCase.IGNORED
            : KeyCase.DISTINGUISHED;
      }
    }
    return KeyCase.DISTINGUISHED;
  }

  private static boolean isListed(FileSystem files, Path at, String name) throws IOException {
    for (FileStatus sibling : files.listStatus(at.getParent())) {
      if (sibling.getPath().getName().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static String swapped(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.equals(name) ? name.toLowerCase(Locale.ROOT) : upper;
  }
}
