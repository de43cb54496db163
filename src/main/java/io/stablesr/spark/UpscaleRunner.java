package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.Settings;
import io.stablesr.restore.UpscalerFactory;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/** Runs upscale jobs for callers that know nothing of Spark. */
public final class UpscaleRunner {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final UpscalerFactory factory;
  private final Clock clock;

  /**
   * @param factory opens the models
   * @param clock the time in run ids
   */
  public UpscaleRunner(UpscalerFactory factory, Clock clock) {
    this.factory = factory;
    this.clock = clock;
  }

  /**
   * Upscales all images of an input. The Spark session is left open for a next run.
   *
   * @param input a folder, a glob, an image or a manifest (.csv)
   * @param output folder of the results
   * @throws StableSrException when the job itself cannot go on; an image that fails is a row
   */
  public JobSummary run(Settings settings, String input, String output, ProgressConsole console) {
    try {
      SparkSession spark = SparkSessions.open(settings.values());
      return new UpscaleJob(spark, settings.values(), factory, runId(clock))
          .run(input, output, console);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.INTERNAL, "The job was interrupted.", e);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "The job cannot go on: %s.".formatted(e.getMessage()), e);
    } catch (Exception e) {
      // Scala throws the checked SparkException without declaring it.
      throw root(e);
    }
  }

  static String runId(Clock clock) {
    return TIME.format(clock.instant()) + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Finds our own sentence below Spark's wrappings. */
  static RuntimeException root(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StableSrException ours) {
        return ours;
      }
    }
    if (StoreFaults.mayPass(e)) {
      return new StableSrException(
          ErrorCode.OUTPUT_WRITE,
          "The store failed outside of any image, as while files are listed or rows are written (%s). The job was stopped; nothing is marked failed, and the same command goes on where it stopped."
              .formatted(named(last(e))),
          e);
    }
    Throwable last = last(e);
    boolean fromSpark = last instanceof SparkException;
    return new StableSrException(
        ErrorCode.INTERNAL,
        "The Spark job failed: %s.".formatted(fromSpark ? message(last) : named(last)),
        e);
  }

  private static Throwable last(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last;
  }

  private static String named(Throwable e) {
    return e.getClass().getSimpleName() + ": " + message(e);
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
