package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.EncodedImage;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageRecord;
import io.stablesr.job.ImageResult;
import io.stablesr.job.JobOptions;
import io.stablesr.job.ResultFile;
import io.stablesr.job.ResultRow;
import io.stablesr.job.ResultSpool;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.FallbackUpscaler;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The three stages of one image: read and decode, compute, encode and write. Whatever goes wrong
 * with an image ends in its row; later stages of it then do nothing.
 */
final class ImageTask {
  private static final Logger LOG = LogManager.getLogger(ImageTask.class);

  /** Deaths of the process while computing an image, after which it is not tried again. */
  private static final int MOST_DEATHS = 2;

  private final Config settings;
  private final JobOptions options;
  private final ImageCodec codec;
  private final ImageStore store;
  private final Journal journal;
  private final TaskFacts task;
  private final FallbackUpscaler model;
  private final String modelId;

  ImageTask(
      Config settings,
      ImageStore store,
      Journal journal,
      TaskFacts task,
      FallbackUpscaler model,
      String modelId) {
    this.settings = settings;
    this.options = SettingsReader.job(settings);
    this.codec = new ImageCodec(options);
    this.store = store;
    this.journal = journal;
    this.task = task;
    this.model = model;
    this.modelId = modelId;
  }

  /** An image at the start of its way. */
  ImageRun start(WorkItem item, ProgressCounters.Image progress) {
    return new ImageRun(item, SettingsReader.upscale(settings, item.overrides()), progress, task);
  }

  /** Reads and decodes; recognises what an earlier attempt of this task has finished. */
  void read(ImageRun image) {
    stage(
        image,
        () -> {
          Optional<ImageRecord> earlier = finishedMeanwhile(image.item());
          if (earlier.isPresent()) {
            image.finish(ResultRow.of(image.item(), earlier.get(), image.options()));
            return;
          }
          byte[] file = image.clock().time("read", () -> store.read(image.item().uri()));
          image.inputSha256(Digests.sha256(file));
          image.decoded(image.clock().time("decode", () -> codec.decode(image.item().id(), file)));
          codec.requireFits(image.decoded(), image.options().scale());
        });
  }

  /**
   * Planning has left out what was finished before. What is there now was published since then: by
   * an earlier attempt of this task, or by a twin of this job. When its record cannot be found, the
   * image is computed, and publishing compares.
   */
  private Optional<ImageRecord> finishedMeanwhile(WorkItem item) {
    OptionalLong present = store.length(item.outputUri());
    if (present.isEmpty()) {
      return Optional.empty();
    }
    return journal.find(item.id()).or(() -> journal.findOfTwin(item.id())).stream()
        .filter(record -> record.matches(item) && record.status() == RowStatus.DONE)
        .filter(record -> record.result().outputBytes() == present.getAsLong())
        .findFirst();
  }

  /** Runs the networks. */
  void compute(ImageRun image) {
    stage(
        image,
        () -> {
          DecodedImage decoded = image.decoded();
          if (task.repeated() && journal.mark(image.item().id()) >= MOST_DEATHS) {
            image.fail(
                ErrorCode.NATIVE_CRASH,
                "The process died %d times while it computed this image.".formatted(MOST_DEATHS));
            // Should more such images end the job, the next one need not die of this one again.
            journal.write(image.row().record());
            return;
          }
          try {
            compute(image, decoded);
          } catch (RuntimeException | Error e) {
            unmarkAfter(e, image.item());
            throw e;
          }
          if (task.repeated()) {
            journal.unmark(image.item().id());
          }
        });
  }

  /** The process is still there, so that this failure is none of those that are counted. */
  private void unmarkAfter(Throwable failure, WorkItem item) {
    try {
      if (task.repeated()) {
        journal.unmark(item.id());
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void compute(ImageRun image, DecodedImage decoded) {
    UpscaleRequest request =
        new UpscaleRequest(image.item().id(), decoded.bledRgb(), image.options());
    if (model.needsStrips(request)) {
      computeInStrips(image, request);
    } else {
      image.upscaled(model.upscale(request, image.progress()), modelId);
    }
  }

  /** Here the file is complete when the picture is. */
  private void computeInStrips(ImageRun image, UpscaleRequest request) {
    ResultSpool spool = new ResultSpool(codec, image.decoded(), metadata(image));
    try {
      image.upscaled(model.upscaleInStrips(request, image.progress(), spool), modelId, spool);
      if (SettingsReader.faces(settings).isPresent()) {
        image.leaveFaces();
      }
    } catch (RuntimeException | Error e) {
      spool.close();
      throw e;
    }
  }

  /** Encodes, notes in the journal what is about to be there, and publishes. */
  void write(ImageRun image) {
    stage(
        image,
        () -> {
          ResultFile file = image.clock().time("encode", () -> encode(image));
          ResultRow row = image.done(file.bytes(), file.sha256());
          boolean mistakable = mistakable(image.item(), file);
          if (!mistakable) {
            journal.write(row.record());
          }
          image
              .clock()
              .time(
                  "write",
                  () -> {
                    store.publish(image.item().outputUri(), file, options.existingOutput());
                    return image;
                  });
          if (mistakable) {
            journal.write(row.record());
          }
          image.finish(image.done(file.bytes(), row.result().outputSha256()));
        });
  }

  /**
   * Whether an older output of the same length is about to be replaced, as uncompressed files are.
   * A process that died before that would leave a record that takes the older one for the new one.
   */
  private boolean mistakable(WorkItem item, ResultFile file) {
    return options.existingOutput() == ExistingOutput.REPLACE
        && store.length(item.outputUri()).equals(OptionalLong.of(file.bytes()));
  }

  private ResultFile encode(ImageRun image) {
    if (image.spool() != null) {
      ResultSpool.Finished finished = image.spool().finish();
      image.warn(finished.warnings());
      return finished.file();
    }
    EncodedImage file = codec.encode(image.picture(), image.decoded(), metadata(image));
    image.warn(file.warnings());
    return ResultFile.of(file.bytes());
  }

  private void stage(ImageRun image, Runnable work) {
    if (image.isFinished()) {
      return;
    }
    try {
      work.run();
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.CANCELLED) {
        // Says nothing about the image: the task ends, and Spark may repeat it elsewhere.
        throw e;
      }
      image.fail(e.code(), e.getMessage());
    } catch (OutOfMemoryError e) {
      image.fail(ErrorCode.OUT_OF_MEMORY, "The Java heap was not enough; give it more (-Xmx).");
    } catch (RuntimeException e) {
      LOG.warn("Defect while processing {}", image.item().id(), e);
      image.fail(ErrorCode.INTERNAL, e.toString());
    }
  }

  /** What travels with the picture when its row does not. */
  private Map<String, String> metadata(ImageRun image) {
    UpscaleOptions upscale = image.options();
    return Map.of(
        "Software",
        SoftwareVersion.text(),
        "StableSR",
        "model=%s sampler=%s steps=%d seed=%d scale=%s fusion-weight=%s color-fix=%s parameters=%s"
            .formatted(
                modelId,
                upscale.sampling().sampler(),
                upscale.sampling().steps(),
                upscale.seed(),
                upscale.scale(),
                upscale.fusionWeight(),
                upscale.colorFix(),
                image.item().parametersDigest()));
  }

  /** Facts of the task that rows and repeated attempts need. */
  record TaskFacts(String runId, String host, String executor, String device, int attempt) {
    boolean repeated() {
      return attempt > 0;
    }

    ImageResult.Origin origin() {
      return new ImageResult.Origin(runId, host, executor, attempt, System.currentTimeMillis());
    }
  }
}
