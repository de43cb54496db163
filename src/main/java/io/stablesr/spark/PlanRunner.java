package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.Parameters;
import io.stablesr.job.PlanReport;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsAdvice;
import io.stablesr.job.SettingsReader;
import io.stablesr.job.UriRules;
import io.stablesr.restore.FaceUpscaler;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.restore.faces.FaceSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Plans upscale jobs for callers that know nothing of Spark. Needs no GPU and writes nothing. */
public final class PlanRunner {
  private final UpscalerFactory factory;

  /** A planner for an engine. */
  public PlanRunner(UpscalerFactory factory) {
    this.factory = factory;
  }

  /**
   * Plans a job.
   *
   * @param executors tasks that would run at once; 0 = as many as this session's
   * @throws StableSrException when a job could not even be planned
   */
  public PlanReport run(Settings settings, String input, String output, int executors) {
    Config values = settings.values();
    UriRules.requireNoCredentials("output", output);
    try {
      ModelSettings model = SettingsReader.model(values);
      SettingsReader.upscale(values);
      SparkSession spark = SparkSessions.open(values);
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      Path outputFolder = qualified(output, hadoop);
      String rows = SettingsReader.job(values).rows();
      List<String> notes = new ArrayList<>(SettingsAdvice.unused(settings));
      Measured measured = measured(values, model, notes);
      String modelId = factory.describe(model).modelId();
      Map<String, String> faces = model.faces().map(FaceSettings::parameters).orElse(Map.of());
      return new PlanSurvey(
              spark,
              values,
              factory,
              upscale ->
                  Parameters.of(modelId, model.dtype(), upscale, SettingsReader.job(values))
                      .and(faces)
                      .digest())
          .report(
              input,
              outputFolder,
              rows.isEmpty() ? new Path(outputFolder, "_rows") : qualified(rows, hadoop),
              "this machine (%s, %s)"
                  .formatted(measured.device(), measured.dtype().name().toLowerCase(Locale.ROOT)),
              measured.speed(),
              executors > 0 ? executors : spark.sparkContext().defaultParallelism(),
              notes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.INTERNAL, "The plan was interrupted.", e);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ,
          "The plan cannot go on: %s.".formatted(UriRules.masked(String.valueOf(e.getMessage()))),
          e);
    }
  }

  /** A device and its speed with a number type. */
  private record Measured(String device, ModelDtype dtype, DeviceSpeed speed) {}

  /** A GPU that is not here is no reason not to plan, but is said. */
  private Measured measured(Config values, ModelSettings model, List<String> notes) {
    String device = model.computeDevice().toString();
    double configured = SettingsReader.plan(values).gflopsPerSecond();
    if (configured > 0) {
      return new Measured(
          device, model.dtype(), new DeviceSpeed(configured, DeviceSpeed.Origin.CONFIGURED));
    }
    try {
      return measure(values, model.onDevice(device));
    } catch (StableSrException e) {
      if (device.equals("cpu")) {
        throw e;
      }
      notes.add(
          "%s cannot be measured here, so the processor was, in fp32: %s"
              .formatted(device, e.getMessage()));
      // Which every processor can.
      return measure(values, model.onDevice("cpu").withDtype(ModelDtype.FP32));
    }
  }

  private Measured measure(Config values, ModelSettings model) {
    try (Upscaler upscaler = factory.open(model)) {
      // What a job would be refused for, now that a model is there to say so.
      upscaler.check(SettingsReader.upscale(values));
      FaceUpscaler.requireRefinable(model, upscaler);
      OptionalDouble measured = upscaler.measureGflopsPerSecond();
      return new Measured(
          model.device(),
          model.dtype(),
          measured.isPresent()
              ? new DeviceSpeed(measured.getAsDouble(), DeviceSpeed.Origin.MEASURED)
              : DeviceSpeed.ASSUMED);
    }
  }

  private static Path qualified(String folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder);
    return path.getFileSystem(hadoop).makeQualified(path);
  }
}
