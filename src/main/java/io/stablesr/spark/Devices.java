package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.ModelSettings;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/** GPUs that Spark hands out. */
final class Devices {
  private static final String GPU = "gpu";

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

  /** The model settings on the GPU that Spark gave this task, unless a device was asked for. */
  static ModelSettings model(Config settings, TaskContext task) {
    ModelSettings model = SettingsReader.model(settings);
    ResourceInformation gpu = task.resourcesJMap().get(GPU);
    return gpu != null && model.device().equals("auto")
        ? model.onDevice(GpuAddress.device(gpu.addresses()[0], System.getenv()))
        : model;
  }
}
