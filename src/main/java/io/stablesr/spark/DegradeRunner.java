package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.PairSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.Settings;
import io.stablesr.job.UriRules;
import java.io.IOException;
import java.time.Clock;

/** Runs degrade jobs for callers that know nothing of Spark. */
public final class DegradeRunner {
  private final Clock clock;

  /**
   * @param clock the time in run ids
   */
  public DegradeRunner(Clock clock) {
    this.clock = clock;
  }

  /**
   * Makes pairs of all images of an input. The Spark session is left open for a next run.
   *
   * @param input a folder, a glob, an image or a manifest
   * @param output folder of the set
   * @throws StableSrException when the job itself cannot go on; an image that fails is a row
   */
  public PairSummary run(Settings settings, String input, String output, ProgressConsole console) {
    try {
      return new DegradeJob(
              SparkSessions.open(settings.values()), settings.values(), UpscaleRunner.runId(clock))
          .run(input, output, console);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.INTERNAL, "The job was interrupted.", e);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE,
          "The job cannot go on: %s.".formatted(UriRules.masked(String.valueOf(e.getMessage()))),
          e);
    } catch (Exception e) {
      // Scala throws the checked SparkException without declaring it.
      throw UpscaleRunner.root(e);
    }
  }
}
