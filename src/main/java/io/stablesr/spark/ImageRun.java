package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageWarning;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultRow;
import io.stablesr.job.ResultSpool;
import io.stablesr.job.RowStatus;
import io.stablesr.job.StageClock;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.FallbackUpscaler;
import io.stablesr.restore.PreCleaning;
import io.stablesr.restore.UpscaleFacts;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleResult;
import io.stablesr.restore.faces.FaceTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One image between reading and its row. Handed from stage to stage; only one thread works on it at
 * a time, and the hand-over makes its writes visible to the next.
 */
final class ImageRun {
  private final WorkItem item;
  private final UpscaleOptions options;
  private final ProgressCounters.Image progress;
  private final ImageTask.TaskFacts task;
  private final StageClock clock = new StageClock(System::nanoTime);
  private String inputSha256 = "";
  private String modelId = "";
  private final List<String> warnings = new ArrayList<>();
  private DecodedImage decoded;
  private FallbackUpscaler.Outcome<UpscaleFacts> upscaled;
  private FloatTensor picture;
  private ResultSpool spool;
  private ResultRow row;

  ImageRun(
      WorkItem item,
      UpscaleOptions options,
      ProgressCounters.Image progress,
      ImageTask.TaskFacts task) {
    this.item = item;
    this.options = options;
    this.progress = progress;
    this.task = task;
  }

  WorkItem item() {
    return item;
  }

  UpscaleOptions options() {
    return options;
  }

  UpscaleListener progress() {
    return progress;
  }

  StageClock clock() {
    return clock;
  }

  DecodedImage decoded() {
    return decoded;
  }

  void decoded(DecodedImage image) {
    decoded = image;
    warn(image.warnings());
  }

  /** Notes what is to be known about the picture although there is a result. */
  void warn(List<ImageWarning> found) {
    found.forEach(warning -> warnings.add(warning.code() + ": " + warning.message()));
  }

  /** Notes that faces were not looked for although they were asked for. */
  void leaveFaces() {
    warnings.add("FACES: Not looked for, since the picture was worked on in strips.");
  }

  /** The result, {@code [3,H,W]}; null where it is in a spool. */
  FloatTensor picture() {
    return picture;
  }

  /** The result of a large picture; null where it is in memory. */
  ResultSpool spool() {
    return spool;
  }

  void upscaled(FallbackUpscaler.Outcome<UpscaleResult> outcome, String model) {
    picture = outcome.result().image();
    upscaled(
        new FallbackUpscaler.Outcome<>(
            outcome.result().facts(), outcome.dtype(), outcome.warnings()),
        model,
        null);
  }

  /** Takes the spool over and closes it when the image has finished. */
  void upscaled(
      FallbackUpscaler.Outcome<UpscaleFacts> outcome, String model, ResultSpool resultSpool) {
    upscaled = outcome;
    spool = resultSpool;
    modelId = model;
    warnings.addAll(outcome.warnings());
    warnings.addAll(outcome.result().notes());
    clock.add(outcome.result().stageMillis());
    FaceTally.leftOut(outcome.result().faces()).ifPresent(text -> warnings.add("FACES: " + text));
  }

  void inputSha256(String digest) {
    inputSha256 = digest;
  }

  synchronized boolean isFinished() {
    return row != null;
  }

  /** The row; only after the image has finished. */
  synchronized ResultRow row() {
    return row;
  }

  /** The row of a result of this size. */
  ResultRow done(long outputBytes, String outputSha256) {
    return new ResultRow(
        item,
        RowStatus.DONE,
        Optional.empty(),
        options,
        new ImageResult(
            sizes(),
            modelId,
            inputSha256,
            outputBytes,
            outputSha256,
            task.device(),
            upscaled.dtype().name(),
            clock.millis(),
            warnings,
            FaceTally.of(upscaled.result().faces()),
            upscaled.result().preCleaning(),
            task.origin()));
  }

  /** Sets the row; a stage that comes to its end after the deadline does not change it. */
  synchronized void finish(ResultRow result) {
    if (row != null) {
      return;
    }
    row = result;
    // Pictures are large, and rows wait until Spark asks for them.
    decoded = null;
    upscaled = null;
    picture = null;
    if (spool != null) {
      spool.close();
    }
    progress.stages(clock.millis());
    if (result.status() == RowStatus.FAILED) {
      progress.failed(result.error().orElseThrow());
    } else {
      progress.succeeded();
    }
  }

  void fail(ErrorCode code, String message) {
    boolean skipped = code == ErrorCode.OUTPUT_EXISTS;
    finish(
        new ResultRow(
            item,
            skipped ? RowStatus.SKIPPED : RowStatus.FAILED,
            Optional.of(new ResultRow.Failure(code, message)),
            options,
            new ImageResult(
                sizes(),
                modelId,
                inputSha256,
                0,
                "",
                task.device(),
                "",
                clock.millis(),
                warnings,
                FaceTally.NONE,
                upscaled == null ? PreCleaning.NONE : upscaled.result().preCleaning(),
                task.origin())));
  }

  private ImageResult.Sizes sizes() {
    if (decoded == null) {
      return ImageResult.Sizes.UNKNOWN;
    }
    if (upscaled == null) {
      return new ImageResult.Sizes(decoded.width(), decoded.height(), 0, 0, 0, 0);
    }
    return new ImageResult.Sizes(
        decoded.width(),
        decoded.height(),
        upscaled.result().width(),
        upscaled.result().height(),
        upscaled.result().tiles(),
        upscaled.result().networkCalls());
  }
}
