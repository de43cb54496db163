package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.UpscalerFactory;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.resource.ResourceInformation;

/** Measures one executor's device with the model that will work there. */
final class SpeedTask implements Function<Integer, Double> {
  private static final long serialVersionUID = 1L;

  private final UpscalerFactory factory;
  private final Config settings;

  private SpeedTask(UpscalerFactory factory, Config settings) {
    this.factory = factory;
    this.settings = settings;
  }

  /** Runs one task. */
  static DeviceSpeed measure(JavaSparkContext context, UpscalerFactory factory, Config settings) {
    double speed =
        context.parallelize(List.of(0), 1).map(new SpeedTask(factory, settings)).collect().get(0);
    return speed > 0 ? new DeviceSpeed(speed, DeviceSpeed.Origin.MEASURED) : DeviceSpeed.ASSUMED;
  }

  @Override
  public Double call(Integer unused) {
    ResourceInformation gpu = TaskContext.get().resourcesJMap().get("gpu");
    ModelSettings model = SettingsReader.model(settings);
    ModelSettings here =
        gpu != null && model.device().equals("auto")
            ? model.onDevice("cuda:" + gpu.addresses()[0])
            : model;
    OptionalDouble measured = ExecutorModels.INSTANCE.get(factory, here).measureGflopsPerSecond();
    return measured.orElse(0);
  }
}
