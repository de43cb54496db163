package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.EncodedImage;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.JobOptions;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.job.StageClock;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.UpscaleResult;
import io.stablesr.restore.Upscaler;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Brings one image from its input to its output; whatever goes wrong with it ends in its row. */
final class ImageTask {
  private static final Logger LOG = LogManager.getLogger(ImageTask.class);

  private final Config settings;
  private final JobOptions options;
  private final ImageCodec codec;
  private final ImageStore store;
  private final Upscaler model;

  ImageTask(Config settings, ImageStore store, Upscaler model) {
    this.settings = settings;
    this.options = SettingsReader.job(settings);
    this.codec = new ImageCodec(options);
    this.store = store;
    this.model = model;
  }

  /** Processes one image. */
  ResultRow process(WorkItem item, ProgressCounters.Image progress) {
    UpscaleOptions upscale = SettingsReader.upscale(settings, item.overrides());
    StageClock clock = new StageClock(System::nanoTime);
    ResultRow row;
    try {
      row = upscale(item, upscale, clock, progress);
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.CANCELLED) {
        // Says nothing about the image: the task ends, and Spark may repeat it elsewhere.
        throw e;
      }
      row = without(item, upscale, clock, e.code(), e.getMessage());
    } catch (OutOfMemoryError e) {
      row = without(item, upscale, clock, ErrorCode.OUT_OF_MEMORY, "Memory was not enough.");
    } catch (RuntimeException e) {
      LOG.warn("Defect while processing {}", item.id(), e);
      row = without(item, upscale, clock, ErrorCode.INTERNAL, e.toString());
    }
    if (row.status() == RowStatus.FAILED) {
      progress.failed();
    } else {
      progress.succeeded();
    }
    return row;
  }

  private ResultRow upscale(
      WorkItem item, UpscaleOptions upscale, StageClock clock, ProgressCounters.Image progress) {
    if (options.existingOutput() == ExistingOutput.SKIP && store.exists(item.outputUri())) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS,
          "%s exists; set output.overwrite to replace it.".formatted(item.outputUri()));
    }
    byte[] file = clock.time("read", () -> store.read(item.uri()));
    DecodedImage image = clock.time("decode", () -> codec.decode(item.id(), file));
    UpscaleResult result =
        model.upscale(new UpscaleRequest(item.id(), image.bledRgb(), upscale), progress);
    clock.add(result.stageMillis());
    EncodedImage encoded =
        clock.time("encode", () -> codec.encode(result.image(), image, metadata(upscale)));
    clock.time(
        "write",
        () -> {
          store.publish(item.outputUri(), encoded.bytes(), options.existingOutput());
          return item.outputUri();
        });
    return new ResultRow(
        item,
        RowStatus.OK,
        Optional.empty(),
        upscale,
        new ResultRow.Sizes(
            image.width(),
            image.height(),
            result.image().dim(2),
            result.image().dim(1),
            result.tiles(),
            result.networkCalls()),
        model.modelId(),
        clock.millis());
  }

  /** What travels with the picture when its row does not. */
  private Map<String, String> metadata(UpscaleOptions upscale) {
    return Map.of(
        "Software",
        SoftwareVersion.text(),
        "StableSR",
        "model=%s sampler=%s steps=%d seed=%d scale=%s fusion-weight=%s color-fix=%s"
            .formatted(
                model.modelId(),
                upscale.sampling().sampler(),
                upscale.sampling().steps(),
                upscale.seed(),
                upscale.scale(),
                upscale.fusionWeight(),
                upscale.colorFix()));
  }

  private ResultRow without(
      WorkItem item, UpscaleOptions upscale, StageClock clock, ErrorCode code, String message) {
    Map<String, Long> millis = clock.millis();
    return new ResultRow(
        item,
        code == ErrorCode.OUTPUT_EXISTS ? RowStatus.SKIPPED : RowStatus.FAILED,
        Optional.of(new ResultRow.Failure(code, message)),
        upscale,
        ResultRow.Sizes.UNKNOWN,
        millis.containsKey("decode") ? model.modelId() : "",
        millis);
  }
}
