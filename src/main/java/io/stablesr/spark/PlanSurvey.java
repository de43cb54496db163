package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.Words;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.Findings;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageFacts;
import io.stablesr.job.ImageListing;
import io.stablesr.job.JobOptions;
import io.stablesr.job.Ledger;
import io.stablesr.job.PlanReport;
import io.stablesr.job.PlannedImage;
import io.stablesr.job.RowStatus;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkCost;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.BundleInfo;
import io.stablesr.restore.ImageCost;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.NetworkFiles;
import io.stablesr.restore.UpscaleMethod;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Looks at everything a job would do, and does none of it. */
final class PlanSurvey {
  private final SparkSession spark;
  private final Config settings;
  private final UpscalerFactory factory;
  private final JobOptions job;
  private final ModelSettings model;
  private final Function<UpscaleOptions, String> digest;
  private final JobPlanner planner;

  /**
   * @param digest digest of the parameters of an image
   */
  PlanSurvey(
      SparkSession spark,
      Config settings,
      UpscalerFactory factory,
      Function<UpscaleOptions, String> digest) {
    this.spark = spark;
    this.settings = settings;
    this.factory = factory;
    this.job = SettingsReader.job(settings);
    this.model = SettingsReader.model(settings);
    this.digest = digest;
    this.planner = new JobPlanner(spark, settings, factory, digest);
  }

  /**
   * Surveys a job.
   *
   * @param here what {@code speed} is the speed of
   * @param executors tasks that would run at once
   */
  PlanReport report(
      String input,
      Path outputFolder,
      Path rowsRoot,
      String here,
      DeviceSpeed speed,
      int executors,
      List<String> notes)
      throws IOException, InterruptedException {
    ImageListing listing = planner.list(input, outputFolder);
    JobPlanner.Placement placement = planner.tryPlace(listing.images(), outputFolder);
    Findings.Counter done = new Findings.Counter();
    Findings.Counter skipped = new Findings.Counter();
    List<PlannedImage> left = leftToDo(placement.images(), outputFolder, rowsRoot, done, skipped);

    List<ImageFacts> facts = planner.probe(left);
    List<JobPlanner.Estimate> costs = planner.imageCosts(left, facts);
    Findings.Counter tooLarge = new Findings.Counter();
    Findings.Counter unreadable = new Findings.Counter();
    List<PlannedImage> todo = new ArrayList<>();
    List<ImageFacts> todoFacts = new ArrayList<>();
    List<ImageCost> todoCosts = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      String id = left.get(i).entry().id();
      ImageFacts fact = facts.get(i);
      if (costs.get(i).cost().isPresent()) {
        todo.add(left.get(i));
        todoFacts.add(fact);
        todoCosts.add(costs.get(i).cost().get());
      } else if (fact.readable() || fact.error() == ErrorCode.IMAGE_TOO_LARGE) {
        tooLarge.add(
            fact.readable()
                ? "%s: %s".formatted(id, costs.get(i).refusal())
                : "%s: %s".formatted(id, fact.message()));
      } else {
        unreadable.add("%s: %s %s".formatted(id, fact.error(), fact.message()));
      }
    }
    List<WorkItem> items = planner.cost(todo, todoFacts, speed);
    List<List<WorkItem>> partitions = JobPlanner.pack(settings, items, executors);
    PlanReport.Work work = work(items, todoCosts);
    BundleInfo bundle = factory.describe(model);
    return new PlanReport(
        input,
        outputFolder.toString(),
        "%s (licence: %s)".formatted(bundle.name(), bundle.licence()),
        model.method(),
        parameters(),
        cleaning(),
        placement.images().size(),
        done.findings(),
        skipped.findings(),
        tooLarge.findings(),
        unreadable.findings(),
        listing.duplicates(),
        placement.collisions(),
        listing.leftOut(),
        work,
        memory(items, todoCosts),
        PlanReport.Partitions.of(partitions, executors),
        PlanReport.DeviceHours.of(work.flops(), here, speed, executors),
        notes);
  }

  /** What the job itself would decide, from the same records and the same listing. */
  private List<PlannedImage> leftToDo(
      List<PlannedImage> images,
      Path outputFolder,
      Path rowsRoot,
      Findings.Counter done,
      Findings.Counter skipped) {
    RunOptions run = SettingsReader.run(settings);
    Ledger ledger =
        new Ledger(
            new OutputListing(spark.sparkContext().hadoopConfiguration(), outputFolder),
            job.existingOutput(),
            run.failedImages());
    new History(spark, outputFolder, rowsRoot, StoreRetry.of(run)).read(ledger::add);
    List<PlannedImage> left = new ArrayList<>();
    for (PlannedImage image : images) {
      ImageEntry entry = image.entry();
      WorkItem item =
          new WorkItem(
              entry.id(),
              entry.uri(),
              image.outputUri(),
              1,
              entry.overrides(),
              entry.version(),
              digest.apply(SettingsReader.upscale(settings, entry.overrides())));
      Ledger.Decision decision = ledger.decide(item);
      if (decision instanceof Ledger.Decision.Skip skip) {
        skipped.add("%s: %s".formatted(entry.id(), skip.reason().message()));
      } else if (!(decision instanceof Ledger.Decision.Keep keep)) {
        left.add(image);
      } else if (keep.record().status() == RowStatus.DONE) {
        done.add(entry.id());
      } else {
        skipped.add(
            "%s: failed before with %s (--retry-failed tries it again)"
                .formatted(entry.id(), keep.record().error().code()));
      }
    }
    return left;
  }

  private static PlanReport.Work work(List<WorkItem> items, List<ImageCost> costs) {
    return new PlanReport.Work(
        items.size(),
        items.stream().mapToLong(WorkItem::bytes).sum(),
        costs.stream().mapToLong(ImageCost::inputPixels).sum(),
        costs.stream().mapToLong(ImageCost::outputPixels).sum(),
        costs.stream().mapToLong(ImageCost::tiles).sum(),
        costs.stream().mapToLong(ImageCost::evaluations).sum(),
        costs.stream().mapToDouble(ImageCost::denoiserFlops).sum(),
        costs.stream().mapToDouble(ImageCost::autoencoderFlops).sum(),
        costs.stream().mapToDouble(WorkCost::hostSeconds).sum());
  }

  private static PlanReport.Memory memory(List<WorkItem> items, List<ImageCost> costs) {
    int largest = -1;
    long device = 0;
    for (int i = 0; i < costs.size(); i++) {
      device = Math.max(device, costs.get(i).deviceBytes());
      if (largest < 0 || costs.get(i).hostBytes() > costs.get(largest).hostBytes()) {
        largest = i;
      }
    }
    if (largest < 0) {
      return new PlanReport.Memory(0, 0, "", 0);
    }
    long[] host = costs.stream().mapToLong(ImageCost::hostBytes).sorted().toArray();
    return new PlanReport.Memory(
        host[host.length / 2], host[host.length - 1], items.get(largest).id(), device);
  }

  private String parameters() {
    UpscaleOptions upscale = SettingsReader.upscale(settings);
    List<String> parts = new ArrayList<>();
    parts.add("x" + upscale.scale());
    if (model.method() != UpscaleMethod.STABLESR) {
      parts.add(model.method().word());
    }
    if (model.method().isDiffusion()) {
      parts.add(Words.of(upscale.sampling().sampler()));
      parts.add("%d steps%s".formatted(upscale.sampling().steps(), guidance(upscale.sampling())));
    }
    if (model.method().hasNetworks()) {
      parts.add(Words.of(model.dtype()));
    }
    parts.add(job.format().extension());
    return String.join(", ", parts);
  }

  private String cleaning() {
    if (model.method() != UpscaleMethod.STABLESR) {
      return "";
    }
    NetworkFiles cleaner = model.cleaner();
    return switch (SettingsReader.upscale(settings).preClean().mode()) {
      case OFF ->
          cleaner.isEmpty()
              ? ""
              : "by %s, where the manifest asks for it".formatted(cleaner.weights());
      case ON -> "all images, by " + cleaner.weights();
      case AUTO -> "those that need it, by %s; counted as if all did".formatted(cleaner.weights());
    };
  }

  private static String guidance(SamplingOptions sampling) {
    if (!sampling.guidedInPart()) {
      return sampling.guided() ? ", guided" : "";
    }
    GuidanceInterval interval = sampling.guidanceInterval();
    return ", guided from timestep %d to %d"
        .formatted(interval.fromTimestep(), interval.toTimestep());
  }
}
