package io.stablesr.jmh;

import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.PackingLimits;
import io.stablesr.job.Planner;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.SyntheticArchive;
import io.stablesr.job.WorkItem;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactories;
import io.stablesr.restore.UpscalerFactory;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Planning of an archive with the embedded model, as {@code plan --synthetic} does it. */
public class PlannerBenchmark extends Averages {
  private static final long SEED = 42;

  /** Images of the archive. */
  @Param("100000")
  private int images;

  /** Executors that work at once. */
  @Param("50")
  private int slots;

  private CostModel costs;
  private UpscaleOptions options;
  private PackingLimits limits;
  private List<WorkItem> items;

  /** Reads the settings and makes an archive for {@link #packing}. */
  @Setup
  public void prepare() {
    UpscalerFactory factory = UpscalerFactories.find();
    Settings settings =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(Map.of())),
            bundle -> factory.describe(bundle).defaults());
    costs = factory.costs(SettingsReader.model(settings.values()), Long.MAX_VALUE);
    options = SettingsReader.upscale(settings.values());
    limits = PackingLimits.of(SettingsReader.plan(settings.values()), slots);
    items = archive();
  }

  /** What every image costs, from its size, and the partitions. */
  @Benchmark
  public List<List<WorkItem>> costsAndPacking() {
    return Planner.pack(archive(), limits);
  }

  /** The partitions alone. */
  @Benchmark
  public List<List<WorkItem>> packing() {
    return Planner.pack(items, limits);
  }

  private List<WorkItem> archive() {
    return SyntheticArchive.of(images, SEED, costs, options, DeviceSpeed.ASSUMED).images();
  }
}
