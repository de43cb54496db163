package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.UriRules;
import io.stablesr.report.PictureSource;
import io.stablesr.report.ReportCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads the rows of finished runs, and pictures, for callers that know nothing of Spark. */
public final class RunReader implements PictureSource {
  private static final String RUN = "run_id=";

  /** Rows name their pictures; these are the stores that a job takes pictures from. */
  private static final Set<String> SCHEMES =
      Set.of("file", "hdfs", "s3a", "s3", "s3n", "abfs", "abfss", "wasb", "wasbs", "gs", "viewfs");

  private final SparkSession spark;
  private final ImageStore store;

  /** Opens a Spark session with the settings' {@code spark} block; it is left open. */
  public RunReader(Config settings) {
    spark = SparkSessions.open(settings);
    store = new ImageStore(hadoop(), "report", StoreRetry.of(SettingsReader.run(settings)));
  }

  /**
   * The rows of a run or of a sweep.
   *
   * @param folder output folder of an upscale job, of which the latest finished run is taken; or
   *     the folder of one run's rows, {@code .../_rows/run_id=...}; or the output folder of a sweep
   * @throws StableSrException INPUT_NOT_FOUND when no run there is finished
   */
  public List<ReportCase> rows(String folder) {
    UriRules.requireNoCredentials("run", folder);
    Path path = new Path(folder);
    try {
      Path rows = run(path);
      List<ReportCase> cases = new ArrayList<>();
      Iterator<Row> found = spark.read().parquet(LiteralPath.of(rows)).toLocalIterator();
      while (found.hasNext()) {
        cases.add(CaseReader.of(found.next()));
      }
      return cases;
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The rows of %s cannot be read: %s".formatted(folder, UriRules.masked(e.getMessage())),
          e);
    } catch (Exception e) {
      throw UpscaleRunner.root(e);
    }
  }

  private Path run(Path folder) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop());
    if (folder.getName().startsWith(RUN)) {
      requireFinished(files, folder);
      return folder;
    }
    Path root = new Path(folder, "_rows");
    if (!files.exists(root)) {
      Path sweep = new Path(folder, "table");
      if (files.exists(sweep)) {
        return sweep;
      }
      root = folder;
    }
    List<FileStatus> finished = new ArrayList<>();
    if (files.exists(root)) {
      for (FileStatus run : files.listStatus(root)) {
        Path success = new Path(run.getPath(), "_SUCCESS");
        if (run.isDirectory() && run.getPath().getName().startsWith(RUN) && files.exists(success)) {
          finished.add(files.getFileStatus(success));
        }
      }
    }
    // Ids begin with the second of the start; runs of the same second have ended one by one.
    Optional<FileStatus> latest =
        finished.stream()
            .max(
                Comparator.comparing(RunReader::second)
                    .thenComparing(FileStatus::getModificationTime));
    if (latest.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s has no finished run: there is neither _rows/run_id=... with a _SUCCESS in it nor the table of a sweep."
              .formatted(folder));
    }
    return latest.get().getPath().getParent();
  }

  private static String second(FileStatus success) {
    String run = success.getPath().getParent().getName();
    int random = run.lastIndexOf('-');
    return random < 0 ? run : run.substring(0, random);
  }

  private static void requireFinished(FileSystem files, Path run) throws IOException {
    if (!files.exists(new Path(run, "_SUCCESS"))) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s is not the rows of a finished run: it has no _SUCCESS.".formatted(run));
    }
  }

  @Override
  public byte[] read(String uri) {
    String scheme = new Path(uri).toUri().getScheme();
    if (scheme != null && !SCHEMES.contains(scheme)) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "%s is not read: a report takes pictures from files and stores only."
              .formatted(UriRules.masked(uri)));
    }
    return store.read(uri);
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
