package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.BitDepth;
import io.stablesr.image.OutputFormat;
import io.stablesr.job.DegradeOptions;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageFacts;
import io.stablesr.job.ImageListing;
import io.stablesr.job.ImageResult;
import io.stablesr.job.JobOptions;
import io.stablesr.job.OutputKeys;
import io.stablesr.job.PairSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkCost;
import io.stablesr.job.WorkItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The degrade job: lists on the driver, leaves out what earlier runs have made, hands the rest to
 * the executors without a shuffle, and writes pairs and rows in the same pass.
 */
final class DegradeJob {
  private static final int ROWS_PER_PARTITION = 50_000;
  private static final double SECONDS_PER_MEGAPIXEL = 2;

  private final SparkSession spark;
  private final Config settings;
  private final DegradeOptions options;
  private final JobOptions job;
  private final RunOptions run;
  private final String runId;

  DegradeJob(SparkSession spark, Config settings, String runId) {
    this.spark = spark;
    this.settings = settings;
    this.options = SettingsReader.degrade(settings);
    this.job = SettingsReader.job(settings);
    this.run = SettingsReader.run(settings);
    this.runId = runId;
  }

  /** What is left to do. */
  private record Plan(List<PairItem> make, List<Row> settled) {}

  /** Runs the job to its end; images that fail do not end it. */
  PairSummary run(String input, String output, ProgressConsole console)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    // A preset that cannot be used is to be found before anything is read.
    String digest = options.parameters().digest();
    Path folder = qualified(output);
    Path rowsRoot =
        job.rows().isEmpty() ? new Path(folder, UpscaleJob.ROWS_FOLDER) : qualified(job.rows());
    Path rowsFolder = new Path(rowsRoot, "run_id=" + runId);
    PairPlaces places = new PairPlaces(folder.toString(), options);
    List<WorkItem> items = items(input, folder, digest);
    console.say("preset: %s".formatted(options.source().name()));
    try (RunGuard guard = new RunGuard(hadoop(), folder, rowsRoot, runId)) {
      Plan plan = plan(items, places, folder, rowsRoot);
      console.say(
          "%d images with pairs to make, %d pairs dealt with before"
              .formatted(plan.make().size(), plan.settled().size()));
      compute(plan, places, rowsFolder, console);
      guard.sweep(Set.of());
    }
    return new PairRows(spark, runId)
        .summary(folder, rowsFolder, (System.nanoTime() - start) / 1_000_000);
  }

  private List<WorkItem> items(String input, Path folder, String digest)
      throws IOException, InterruptedException {
    ImageListing listing = new InputLister(spark, settings).list(input, folder);
    JobPlanner.requireNone(listing.duplicates());
    List<ImageEntry> entries = listing.images();
    requireNoWishes(entries);
    Map<String, String> keys =
        OutputKeys.assign(
                entries, new OutputFormat.Png(BitDepth.EIGHT), FileCase.of(folder, hadoop()))
            .distinct();
    List<ImageFacts> facts = new HeaderProbe(spark, settings).read(entries);
    List<WorkItem> items = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      ImageEntry entry = entries.get(i);
      String key = keys.get(entry.id());
      items.add(
          new WorkItem(
              entry.id(),
              entry.uri(),
              key.substring(0, key.length() - ".png".length()),
              cost(facts.get(i)),
              Map.of(),
              facts.get(i).version(),
              digest,
              facts.get(i).bytes(),
              ""));
    }
    return items;
  }

  private static void requireNoWishes(List<ImageEntry> entries) {
    for (ImageEntry entry : entries) {
      if (!entry.overrides().isEmpty() || !entry.referenceUri().isEmpty()) {
        throw new StableSrException(
            ErrorCode.MANIFEST,
            ("Image '%s' has settings of its own in the manifest; degrade takes only uri, id and"
                    + " output_key.")
                .formatted(entry.id()));
      }
    }
  }

  private long cost(ImageFacts image) {
    double pixels =
        options.cropPixels() == 0
            ? (double) image.width() * image.height()
            : (double) options.cropPixels() * options.cropPixels() * options.count();
    return WorkCost.ofFailure()
        + Math.round(WorkCost.PER_SECOND * SECONDS_PER_MEGAPIXEL * pixels / 1e6);
  }

  private Plan plan(List<WorkItem> items, PairPlaces places, Path folder, Path rowsRoot)
      throws IOException {
    PairHistory history =
        new PairHistory(
            places, new OutputListing(hadoop(), folder), job.existingOutput(), run.failedImages());
    history.read(spark, rowsRoot);
    List<PairItem> make = new ArrayList<>();
    List<Row> settled = new ArrayList<>();
    for (WorkItem item : items) {
      List<Integer> crops = new ArrayList<>();
      for (int crop = 0; crop < options.count(); crop++) {
        PairHistory.Decision decision = history.decide(item, crop);
        if (decision instanceof PairHistory.Decision.Keep keep) {
          settled.add(PairSchema.kept(keep.row(), runId));
        } else if (decision instanceof PairHistory.Decision.Skip skip) {
          settled.add(PairSchema.row(skipped(item, crop, skip.reason()), places, runId));
        } else {
          crops.add(crop);
        }
      }
      if (!crops.isEmpty()) {
        make.add(new PairItem(item, crops));
      }
    }
    return new Plan(make, settled);
  }

  private PairResult skipped(WorkItem item, int crop, ResultRow.Failure reason) {
    return PairResult.failed(
        item,
        crop,
        RowStatus.SKIPPED,
        reason,
        Optional.empty(),
        new ImageResult.Origin(runId, "", "driver", 0, System.currentTimeMillis()));
  }

  private void compute(Plan plan, PairPlaces places, Path rowsFolder, ProgressConsole console) {
    SparkContext context = spark.sparkContext();
    String group = "stablesr-" + runId;
    Breaker breaker =
        new Breaker(run.breakerImages(), run.breakerRatio(), () -> context.cancelJobGroup(group));
    ProgressListener progress =
        new ProgressListener(
            console,
            plan.make().size(),
            plan.make().stream().mapToLong(pairs -> pairs.item().cost()).sum(),
            breaker,
            System::nanoTime);
    context.addSparkListener(progress);
    context.setJobGroup(group, "stablesr " + runId, /* interruptOnCancel */ false);
    try {
      spark
          .createDataFrame(rows(plan, places), PairSchema.SCHEMA)
          .write()
          .parquet(rowsFolder.toString());
      context.listenerBus().waitUntilEmpty(5_000);
    } catch (TimeoutException e) {
      // Only the last progress line is less exact.
    } catch (Exception e) {
      // Scala throws the checked SparkException without declaring it.
      throw breaker.tripped()
          ? new StableSrException(
              ErrorCode.BREAKER,
              breaker.text() + " The job was stopped; the same command goes on where it stopped.",
              e)
          : UpscaleRunner.root(e);
    } finally {
      progress.finish();
      context.clearJobGroup();
      context.removeSparkListener(progress);
    }
  }

  private JavaRDD<Row> rows(Plan plan, PairPlaces places) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<Row> known =
        context.parallelize(
            plan.settled(), Math.max(1, plan.settled().size() / ROWS_PER_PARTITION));
    if (plan.make().isEmpty()) {
      return known;
    }
    Map<String, PairItem> byId = new HashMap<>();
    plan.make().forEach(pairs -> byId.put(pairs.item().id(), pairs));
    List<List<PairItem>> bins =
        JobPlanner.pack(spark, settings, plan.make().stream().map(PairItem::item).toList()).stream()
            .map(bin -> bin.stream().map(item -> byId.get(item.id())).toList())
            .toList();
    JavaRDD<Row> made =
        context
            .parallelize(bins, bins.size())
            .mapPartitions(
                new PairTask(
                    context.broadcast(new SerializableConfiguration(hadoop())),
                    settings,
                    places,
                    runId,
                    new ProgressCounters(spark.sparkContext())));
    return plan.settled().isEmpty() ? made : made.union(known);
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private Path qualified(String name) throws IOException {
    Path path = new Path(name);
    return path.getFileSystem(hadoop()).makeQualified(path);
  }
}
