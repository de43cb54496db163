package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.job.CallsAtOnce;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.CostModel;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.UpscalerFactory;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.SparkConf;

/** What the driver knows of the memory of an executor before the first task. */
final class ExecutorMemory {
  private static final String GPUS = "spark.executor.resource.gpu.amount";
  private static final long MIB = 1L << 20;

  private ExecutorMemory() {}

  /** Lowers what would not fit. */
  static FlightPlan plan(
      SparkConf conf,
      int slots,
      Config settings,
      List<FlightPlan.Need> largest,
      UpscalerFactory factory) {
    RunOptions run = SettingsReader.run(settings);
    ModelSettings model = SettingsReader.model(settings);
    FlightPlan.Memory memory = memory(conf, slots, run);
    CostModel costs = factory.costs(model, memory.heapBytes());
    boolean gpu = conf.getInt(GPUS, 0) > 0 || model.needsGpu();
    return FlightPlan.of(
        run,
        SettingsReader.upscale(settings).sampling().tileBatch(),
        largest,
        costs,
        memory.with(calls(conf, memory.tasks(), model, costs.parameters())),
        gpu ? FlightPlan.Place.GPU : FlightPlan.Place.OWN_MEMORY);
  }

  /**
   * With the threads left to libtorch: all here, those of a task on a cluster, where Spark says.
   */
  static CallsAtOnce calls(SparkConf conf, int tasks, ModelSettings model, long parameters) {
    ProcessorUse use = model.processor().withTasks(tasks);
    if (use.smallCallGflop() == 0) {
      return CallsAtOnce.ONE;
    }
    boolean local = isLocal(conf);
    int cores = local ? Runtime.getRuntime().availableProcessors() : Integer.MAX_VALUE;
    int standard = local ? cores : conf.getInt("spark.task.cpus", 1);
    int places = use.places(standard, cores);
    return new CallsAtOnce(
        places,
        places / use.mostThreads(standard),
        use.smallCallGflop(),
        parameters * model.dtype().bytes());
  }

  private static boolean isLocal(SparkConf conf) {
    return conf.get("spark.master", "local").startsWith("local");
  }

  static FlightPlan.Memory memory(SparkConf conf, int slots, RunOptions run) {
    if (isLocal(conf)) {
      long heap = Runtime.getRuntime().maxMemory();
      return new FlightPlan.Memory(slots, heap, besideHeap(heap));
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g") * MIB;
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long share = Math.max(384, (long) (factor * heap / MIB));
    long overhead = conf.getSizeAsMb("spark.executor.memoryOverhead", share + "m") * MIB;
    return new FlightPlan.Memory(tasks(conf, run), heap, OptionalLong.of(overhead));
  }

  private static int tasks(SparkConf conf, RunOptions run) {
    int byCores = Devices.tasks(conf);
    int gpus = conf.getInt(GPUS, 0);
    return gpus > 0 ? Math.min(byCores, gpus * run.tasksPerGpu()) : byCores;
  }

  /** Memory of the machine or container, less this heap. */
  private static OptionalLong besideHeap(long heap) {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? OptionalLong.of(Math.max(0, system.getTotalMemorySize() - heap))
        : OptionalLong.empty();
  }
}
