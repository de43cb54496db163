package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.UpscalerFactory;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

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
        Devices.required(
                context.parallelize(List.of(0), 1).map(new SpeedTask(factory, settings)), settings)
            .collect()
            .get(0);
    return speed > 0 ? new DeviceSpeed(speed, DeviceSpeed.Origin.MEASURED) : DeviceSpeed.ASSUMED;
  }

  @Override
  public Double call(Integer unused) {
    ModelSettings here = Devices.model(settings, TaskContext.get());
    OptionalDouble measured = ExecutorModels.INSTANCE.get(factory, here).measureGflopsPerSecond();
    return measured.orElse(0);
  }
}
