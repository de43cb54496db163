package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.Ledger;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Sizes of the files in an output folder, from one listing: a request per thousand files. */
final class OutputListing implements Ledger.OutputSizes {
  private final Map<String, Long> bytes = new HashMap<>();

  /**
   * Lists the folder, apart from journals and rows.
   *
   * @param outputFolder qualified
   */
  OutputListing(Configuration hadoop, Path outputFolder) {
    try {
      FileSystem files = outputFolder.getFileSystem(hadoop);
      for (FileStatus child : files.listStatus(outputFolder)) {
        String name = child.getPath().getName();
        if (child.isFile()) {
          bytes.put(child.getPath().toString(), child.getLen());
        } else if (!name.equals(Journal.FOLDER) && !name.equals(UpscaleJob.ROWS_FOLDER)) {
          below(files, child.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      // Nothing has been written yet.
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The output %s cannot be listed: %s".formatted(outputFolder, e.getMessage()),
          e);
    }
  }

  private void below(FileSystem files, Path folder) throws IOException {
    RemoteIterator<LocatedFileStatus> found = files.listFiles(folder, /* recursive */ true);
    while (found.hasNext()) {
      LocatedFileStatus file = found.next();
      bytes.put(file.getPath().toString(), file.getLen());
    }
  }

  @Override
  public OptionalLong bytes(String outputUri) {
    Long known = bytes.get(new Path(outputUri).toString());
    return known == null ? OptionalLong.empty() : OptionalLong.of(known);
  }
}
