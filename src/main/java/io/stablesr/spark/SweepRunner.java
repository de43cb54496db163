package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ProgressConsole;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.sweep.ComparisonTables;
import io.stablesr.sweep.PublishedFigures;
import io.stablesr.sweep.SummaryLine;
import io.stablesr.sweep.SummaryText;
import io.stablesr.sweep.SweepConfiguration;
import io.stablesr.sweep.SweepFile;
import io.stablesr.sweep.SweepSummary;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Runs sweeps for callers that know nothing of Spark. */
public final class SweepRunner {
  private final UpscalerFactory factory;
  private final Clock clock;

  /**
   * @param factory opens the models
   * @param clock the time in run ids and of configurations
   */
  public SweepRunner(UpscalerFactory factory, Clock clock) {
    this.factory = factory;
    this.clock = clock;
  }

  /**
   * What became of a sweep.
   *
   * @param text tables for the user
   * @param keptRows rows that an earlier run has made
   * @param madeRows rows that this run has made
   * @param failedRows of all these, rows without a picture or that lack a score
   */
  public record Outcome(String text, long keptRows, long madeRows, long failedRows) {
    /** 0 when every row has scores, 2 otherwise. */
    public int exitCode() {
      return failedRows == 0 ? 0 : 2;
    }
  }

  /**
   * Brings the table of a sweep up to date and sums it up.
   *
   * @param common settings of all configurations
   * @param output folder of the sweep
   * @throws StableSrException when the sweep cannot go on; a picture that fails is a row
   */
  public Outcome run(
      SweepFile file,
      Config common,
      List<SweepConfiguration> configurations,
      String output,
      ProgressConsole console) {
    try {
      SparkSession spark = SparkSessions.open(common);
      Path folder = new Path(output);
      folder =
          folder.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(folder);
      SweepJob job = new SweepJob(spark, common, factory, clock, console, folder);
      SweepProgress progress = job.run(file, configurations);
      return new Outcome(
          summary(job, file, configurations, folder)
              + "%d rows made, %d there before, %d without all scores; table: %s/table%n"
                  .formatted(
                      progress.madeRows(), progress.keptRows(), progress.failedRows(), folder),
          progress.keptRows(),
          progress.madeRows(),
          progress.failedRows());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.INTERNAL, "The sweep was interrupted.", e);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "The sweep cannot go on: %s.".formatted(e.getMessage()), e);
    } catch (Exception e) {
      // Scala throws the checked SparkException without declaring it.
      throw UpscaleRunner.root(e);
    }
  }

  private static String summary(
      SweepJob job, SweepFile file, List<SweepConfiguration> configurations, Path folder)
      throws IOException {
    List<SummaryLine> lines =
        SweepSummary.of(
            job.table().stream().map(SweepSchema::observation).toList(), file.comparedWith());
    String text = SummaryText.text(lines);
    job.write(new Path(folder, "summary.csv"), SummaryText.csv(lines));
    job.write(new Path(folder, "summary.txt"), text);
    job.writeSummary(lines.stream().map(SweepSchema::summary).toList());
    if (file.tables().isEmpty()) {
      return text;
    }
    String tables =
        ComparisonTables.render(file.tables(), lines, configurations, PublishedFigures.read());
    job.write(new Path(folder, "tables.txt"), tables);
    return text + tables;
  }
}
