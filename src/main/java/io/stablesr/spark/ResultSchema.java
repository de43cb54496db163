package io.stablesr.spark;

import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.UpscaleOptions;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** The columns of the result rows; docs/upscale.md says what they mean. */
final class ResultSchema {
  static final StructType SCHEMA =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("input_uri", DataTypes.StringType, false)
          .add("output_uri", DataTypes.StringType, false)
          .add("status", DataTypes.StringType, false)
          .add("error_code", DataTypes.StringType, true)
          .add("error_message", DataTypes.StringType, true)
          .add("input_width", DataTypes.IntegerType, true)
          .add("input_height", DataTypes.IntegerType, true)
          .add("output_width", DataTypes.IntegerType, true)
          .add("output_height", DataTypes.IntegerType, true)
          .add("tiles", DataTypes.IntegerType, true)
          .add("network_calls", DataTypes.IntegerType, true)
          .add("steps", DataTypes.IntegerType, false)
          .add("sampler", DataTypes.StringType, false)
          .add("seed", DataTypes.LongType, false)
          .add("scale", DataTypes.DoubleType, false)
          .add("fusion_weight", DataTypes.DoubleType, false)
          .add("color_fix", DataTypes.StringType, false)
          .add("model_id", DataTypes.StringType, true)
          .add("bundle_licence", DataTypes.StringType, false)
          .add(
              "stage_millis",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false),
              false)
          .add("host", DataTypes.StringType, false)
          .add("run_id", DataTypes.StringType, false)
          .add("software_version", DataTypes.StringType, false);

  private ResultSchema() {}

  static Row row(ResultRow result, RunFacts run, String host) {
    UpscaleOptions options = result.options();
    ResultRow.Sizes sizes = result.sizes();
    return RowFactory.create(
        result.item().id(),
        result.item().uri(),
        result.item().outputUri(),
        result.status().name(),
        result.error().map(error -> error.code().name()).orElse(null),
        result.error().map(ResultRow.Failure::message).orElse(null),
        known(sizes.inputWidth()),
        known(sizes.inputHeight()),
        known(sizes.outputWidth()),
        known(sizes.outputHeight()),
        known(sizes.tiles()),
        known(sizes.networkCalls()),
        options.sampling().steps(),
        options.sampling().sampler().name().toLowerCase(Locale.ROOT),
        options.seed(),
        options.scale(),
        options.fusionWeight(),
        options.colorFix().name().toLowerCase(Locale.ROOT),
        result.modelId().isEmpty() ? null : result.modelId(),
        run.bundleLicence(),
        CollectionConverters.asScala(result.stageMillis()),
        host,
        run.runId(),
        run.softwareVersion());
  }

  /** One line for the summary of a row that is not OK. */
  static String problem(Row row) {
    return "%s %s %s: %s"
        .formatted(
            row.<String>getAs("status"),
            row.<String>getAs("error_code"),
            row.<String>getAs("image_id"),
            row.<String>getAs("error_message"));
  }

  static RowStatus status(Row row) {
    return RowStatus.valueOf(row.getAs("status"));
  }

  private static Integer known(int value) {
    return value == 0 ? null : value;
  }
}
