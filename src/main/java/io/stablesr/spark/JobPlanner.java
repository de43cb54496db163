package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.Findings;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageFacts;
import io.stablesr.job.ImageListing;
import io.stablesr.job.JobOptions;
import io.stablesr.job.OutputKeys;
import io.stablesr.job.PackingLimits;
import io.stablesr.job.PlanOptions;
import io.stablesr.job.PlannedImage;
import io.stablesr.job.Planner;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.WorkCost;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.ImageCost;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Plans a job in steps that can be called one by one: {@link #list}, {@link #place}, {@link
 * #probe}, {@link #speed}, {@link #cost}, {@link #pack}. {@link #plan} is all but the last. Nothing
 * here writes anything.
 */
final class JobPlanner {
  /** Settings that differ between images without changing their cost. */
  private static final Set<String> FREE_OF_COST =
      Set.of("upscale.seed", "upscale.prompt", "upscale.negative-prompt");

  /** With no more images than this the partitions are small at any speed. */
  private static final int FEW_IMAGES_PER_SLOT = 4;

  private final SparkSession spark;
  private final Config settings;
  private final UpscalerFactory factory;
  private final JobOptions job;
  private final PlanOptions options;
  private final Function<UpscaleOptions, String> digest;

  /**
   * Where the results of images go.
   *
   * @param images images in the order of their ids
   * @param collisions images that would be written where another one is
   */
  record Placement(List<PlannedImage> images, Findings collisions) {}

  /**
   * @param digest digest of the parameters of an image, which goes into its work item
   */
  JobPlanner(
      SparkSession spark,
      Config settings,
      UpscalerFactory factory,
      Function<UpscaleOptions, String> digest) {
    this.digest = digest;
    this.spark = spark;
    this.settings = settings;
    this.factory = factory;
    this.job = SettingsReader.job(settings);
    this.options = SettingsReader.plan(settings);
  }

  /**
   * Everything up to the costs.
   *
   * @param outputFolder qualified
   * @throws StableSrException when there is no image, a manifest has an error, two images have one
   *     id or one place, a result would replace an input, or the store fails
   */
  JobPlan plan(String input, Path outputFolder) throws IOException, InterruptedException {
    ImageListing listing = list(input, outputFolder);
    requireNone(listing.duplicates());
    Placement placement = place(listing.images(), outputFolder);
    List<ImageFacts> facts = probe(placement.images());
    DeviceSpeed speed = speed(placement.images().size());
    return new JobPlan(
        cost(placement.images(), facts, speed),
        speed,
        listing.leftOut(),
        largest(placement.images(), facts));
  }

  /** The images of the input. */
  ImageListing list(String input, Path outputFolder) {
    return new InputLister(spark, settings).list(input, outputFolder);
  }

  static void requireNone(Findings duplicates) {
    if (duplicates.count() > 0) {
      throw new StableSrException(
          ErrorCode.MANIFEST,
          "%s; ids must be unique (%d %s the id of an earlier one)."
              .formatted(
                  duplicates.first().get(0),
                  duplicates.count(),
                  duplicates.count() == 1 ? "image repeats" : "images repeat"));
    }
  }

  /** Gives every image its place; fails where two would have the same. */
  Placement place(List<ImageEntry> images, Path outputFolder) throws IOException {
    Placement placement = tryPlace(images, outputFolder);
    new OutputKeys.Assignment(Map.of(), placement.collisions()).distinct();
    return placement;
  }

  /** Gives every image its place and tells where two have the same. */
  Placement tryPlace(List<ImageEntry> images, Path outputFolder) throws IOException {
    OutputKeys.Assignment assignment =
        OutputKeys.assign(
            images,
            job.format(),
            FileCase.of(outputFolder, spark.sparkContext().hadoopConfiguration()));
    Set<String> inputs = new HashSet<>();
    images.forEach(image -> inputs.add(image.uri()));
    List<PlannedImage> placed = new ArrayList<>(images.size());
    for (ImageEntry image : images) {
      String target = outputFolder + "/" + assignment.keys().get(image.id());
      if (inputs.contains(target)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The result of '%s' would replace the input %s; choose another output folder."
                .formatted(image.id(), target));
      }
      placed.add(new PlannedImage(image, target));
    }
    return new Placement(placed, assignment.collisions());
  }

  /** Reads the headers, in the order of the images. */
  List<ImageFacts> probe(List<PlannedImage> images) throws InterruptedException {
    return new HeaderProbe(spark, settings).read(images.stream().map(PlannedImage::entry).toList());
  }

  /**
   * The speed of an executor's device: as configured, or measured by one task where the number of
   * images makes a difference to the partitions.
   */
  DeviceSpeed speed(int images) {
    if (options.gflopsPerSecond() > 0) {
      return new DeviceSpeed(options.gflopsPerSecond(), DeviceSpeed.Origin.CONFIGURED);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return job.partitions() > 0 || images <= FEW_IMAGES_PER_SLOT * context.defaultParallelism()
        ? DeviceSpeed.ASSUMED
        : SpeedTask.measure(context, factory, settings);
  }

  /** The work, one item per image and in the same order. */
  List<WorkItem> cost(List<PlannedImage> images, List<ImageFacts> facts, DeviceSpeed speed) {
    List<Estimate> costs = imageCosts(images, facts);
    Digests digests = new Digests();
    List<WorkItem> items = new ArrayList<>(images.size());
    for (int i = 0; i < images.size(); i++) {
      ImageEntry entry = images.get(i).entry();
      items.add(
          new WorkItem(
              entry.id(),
              entry.uri(),
              images.get(i).outputUri(),
              costs
                  .get(i)
                  .cost()
                  .map(cost -> WorkCost.of(cost, speed))
                  .orElse(WorkCost.ofFailure()),
              entry.overrides(),
              facts.get(i).version(),
              digests.of(entry.overrides()),
              facts.get(i).bytes(),
              entry.referenceUri()));
    }
    return items;
  }

  /** Digests by what images ask for; nearly all ask for the same. */
  private final class Digests {
    private static final int REMEMBERED = 10_000;

    private final Map<Map<String, String>, String> known = new HashMap<>();

    String of(Map<String, String> overrides) {
      String found = known.get(overrides);
      if (found == null) {
        found = digest.apply(SettingsReader.upscale(settings, overrides));
        if (known.size() < REMEMBERED) {
          known.put(overrides, found);
        }
      }
      return found;
    }
  }

  /** Those that need most of the heap. */
  private List<FlightPlan.Need> largest(List<PlannedImage> images, List<ImageFacts> facts) {
    List<Optional<ImageCost>> costs =
        imageCosts(images, facts).stream().map(Estimate::cost).toList();
    return IntStream.range(0, images.size())
        .filter(i -> costs.get(i).isPresent())
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> -costs.get(i).get().hostBytes()))
        .limit(FlightPlan.LARGEST)
        .map(
            i ->
                new FlightPlan.Need(
                    facts.get(i).width(),
                    facts.get(i).height(),
                    SettingsReader.upscale(settings, images.get(i).entry().overrides()),
                    costs.get(i).get()))
        .toList();
  }

  /**
   * What an image takes.
   *
   * @param cost empty for one that cannot be read or is too large
   * @param refusal why it is too large; else empty
   */
  record Estimate(Optional<ImageCost> cost, String refusal) {}

  /** What each image takes. */
  List<Estimate> imageCosts(List<PlannedImage> images, List<ImageFacts> facts) {
    CostModel model = factory.costs(SettingsReader.model(settings), executorHeapBytes());
    Map<Map<String, String>, UpscaleOptions> known = new HashMap<>();
    List<Estimate> costs = new ArrayList<>(images.size());
    for (int i = 0; i < images.size(); i++) {
      Map<String, String> relevant = new HashMap<>(images.get(i).entry().overrides());
      relevant.keySet().removeAll(FREE_OF_COST);
      UpscaleOptions upscale =
          known.computeIfAbsent(relevant, overrides -> SettingsReader.upscale(settings, overrides));
      costs.add(cost(model, facts.get(i), upscale));
    }
    return costs;
  }

  private long executorHeapBytes() {
    return spark.sparkContext().isLocal()
        ? Runtime.getRuntime().maxMemory()
        : spark.sparkContext().getConf().getSizeAsBytes("spark.executor.memory", "1g");
  }

  private static Estimate cost(CostModel model, ImageFacts facts, UpscaleOptions options) {
    if (!facts.readable()) {
      return new Estimate(Optional.empty(), "");
    }
    try {
      return new Estimate(Optional.of(model.cost(facts.width(), facts.height(), options)), "");
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.IMAGE_TOO_LARGE) {
        return new Estimate(Optional.empty(), e.getMessage());
      }
      throw e;
    }
  }

  /** Partitions for the executors, the dearest first. */
  static List<List<WorkItem>> pack(SparkSession spark, Config settings, List<WorkItem> items) {
    return pack(
        settings,
        items,
        JavaSparkContext.fromSparkContext(spark.sparkContext()).defaultParallelism());
  }

  /** The same for a number of tasks that run at once. */
  static List<List<WorkItem>> pack(Config settings, List<WorkItem> items, int slots) {
    int wanted = SettingsReader.job(settings).partitions();
    return wanted > 0
        ? Planner.pack(items, wanted)
        : Planner.pack(items, PackingLimits.of(SettingsReader.plan(settings), slots));
  }
}
