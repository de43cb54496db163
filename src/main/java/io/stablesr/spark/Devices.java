package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.ModelSettings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/** GPUs that Spark hands out. */
final class Devices {
  private static final String GPU = "gpu";
  private static final Pattern LOCAL =
      Pattern.compile("local(?:\\[(\\d+|\\*)(?:\\s*,\\s*\\d+)?\\])?");

  private Devices() {}

  /**
   * Asks for GPUs for one stage alone, so that planning and reading rows do not hold any. Where the
   * whole application already asks for them per task, that is left as it is.
   */
  static <T> JavaRDD<T> required(JavaRDD<T> stage, Config settings) {
    SparkConf conf = stage.context().getConf();
    if (conf.getInt("spark.executor.resource.gpu.amount", 0) == 0
        || conf.contains("spark.task.resource.gpu.amount")) {
      return stage;
    }
    TaskResourceRequests gpu =
        new TaskResourceRequests()
            .cpus(conf.getInt("spark.task.cpus", 1))
            .resource(GPU, 1.0 / SettingsReader.run(settings).tasksPerGpu());
    return stage.withResources(new ResourceProfileBuilder().require(gpu).build());
  }

  /** The model settings in a process of this application. */
  static ModelSettings model(Config settings, SparkConf conf) {
    return SettingsReader.model(settings).withTasks(tasks(conf));
  }

  /** Tasks that a process of this application runs at once, as far as its processor goes. */
  static int tasks(SparkConf conf) {
    int processors = Runtime.getRuntime().availableProcessors();
    String master = conf.get("spark.master", "local");
    Matcher local = LOCAL.matcher(master);
    int cores;
    if (local.matches()) {
      String asked = local.group(1);
      cores = asked == null ? 1 : asked.equals("*") ? processors : Integer.parseInt(asked);
    } else {
      // A standalone executor has all processors of its host unless it is told otherwise.
      cores = conf.getInt("spark.executor.cores", master.startsWith("spark:") ? processors : 1);
    }
    return Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
  }

  /** The model settings on the GPU that Spark gave this task, unless a device was asked for. */
  static ModelSettings model(Config settings, TaskContext task) {
    ModelSettings model = model(settings, SparkEnv.get().conf());
    ResourceInformation gpu = task.resourcesJMap().get(GPU);
    return gpu != null && model.isScheduled()
        ? model.onDevice(GpuAddress.device(gpu.addresses()[0], System.getenv()))
        : model;
  }
}
