package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscaleOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;

/**
 * Makes the row of an image that needs no work. Made by executors: a row is several times as large
 * as what is known of the image.
 */
final class SettledRow implements Function<Remainder.Settled, Row> {
  private static final long serialVersionUID = 1L;

  /** A task is one message, and Spark's messages are bounded (spark.rpc.message.maxSize). */
  private static final int ROWS_PER_PARTITION = 5_000;

  private final Config settings;
  private final RunFacts run;
  private final long nowMillis;

  SettledRow(Config settings, RunFacts run, long nowMillis) {
    this.settings = settings;
    this.run = run;
    this.nowMillis = nowMillis;
  }

  /** Partitions for so many images. */
  static int partitions(int images) {
    return Math.max(1, (images + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION);
  }

  @Override
  public Row call(Remainder.Settled image) {
    UpscaleOptions upscale = SettingsReader.upscale(settings, image.item().overrides());
    return ResultSchema.row(
        image.record() == null
            ? skipped(image, upscale)
            : ResultRow.of(image.item(), image.record(), upscale),
        run);
  }

  private ResultRow skipped(Remainder.Settled image, UpscaleOptions upscale) {
    return new ResultRow(
        image.item(),
        RowStatus.SKIPPED,
        Optional.of(image.reason()),
        upscale,
        new ImageResult(
            ImageResult.Sizes.UNKNOWN,
            "",
            "",
            0,
            "",
            "",
            "",
            Map.of(),
            List.of(),
            new ImageResult.Origin(run.runId(), "", "driver", 0, nowMillis)));
  }
}
