package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.Words;
import io.stablesr.job.ImageRecord;
import io.stablesr.job.ImageResult;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.faces.FaceTally;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** The columns of the result rows; docs/results.md says what they mean. */
final class ResultSchema {
  /**
   * Grows with every change of the columns; 1 had neither digests nor origin, 2 no counts of faces,
   * 3 no columns of cleaning, whose decision was a warning.
   */
  static final int VERSION = 4;

  /** The oldest version whose rows {@link #record} reads. */
  static final int OLDEST_READABLE = 2;

  static final StructType SCHEMA =
      new StructType()
          .add("schema_version", DataTypes.IntegerType, true)
          .add("image_id", DataTypes.StringType, true)
          .add("input_uri", DataTypes.StringType, true)
          .add("input_version", DataTypes.StringType, true)
          .add("input_sha256", DataTypes.StringType, true)
          .add("output_uri", DataTypes.StringType, true)
          .add("output_bytes", DataTypes.LongType, true)
          .add("output_sha256", DataTypes.StringType, true)
          .add("status", DataTypes.StringType, true)
          .add("error_code", DataTypes.StringType, true)
          .add("error_message", DataTypes.StringType, true)
          .add("warnings", DataTypes.createArrayType(DataTypes.StringType, false), true)
          .add("input_width", DataTypes.IntegerType, true)
          .add("input_height", DataTypes.IntegerType, true)
          .add("output_width", DataTypes.IntegerType, true)
          .add("output_height", DataTypes.IntegerType, true)
          .add("tiles", DataTypes.IntegerType, true)
          .add("network_calls", DataTypes.IntegerType, true)
          .add("steps", DataTypes.IntegerType, true)
          .add("sampler", DataTypes.StringType, true)
          .add("seed", DataTypes.LongType, true)
          .add("scale", DataTypes.DoubleType, true)
          .add("fusion_weight", DataTypes.DoubleType, true)
          .add("color_fix", DataTypes.StringType, true)
          .add("parameters_digest", DataTypes.StringType, true)
          .add(
              "parameters",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false),
              true)
          .add("model_id", DataTypes.StringType, true)
          .add("bundle_licence", DataTypes.StringType, true)
          .add("device", DataTypes.StringType, true)
          .add("dtype", DataTypes.StringType, true)
          .add(
              "stage_millis",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false),
              true)
          .add("host", DataTypes.StringType, true)
          .add("executor", DataTypes.StringType, true)
          .add("attempt", DataTypes.IntegerType, true)
          .add("finished_at", DataTypes.TimestampType, true)
          .add("computed_run_id", DataTypes.StringType, true)
          .add("run_id", DataTypes.StringType, true)
          .add("software_version", DataTypes.StringType, true)
          .add("faces_found", DataTypes.IntegerType, true)
          .add("faces_restored", DataTypes.IntegerType, true)
          .add("faces_left", DataTypes.IntegerType, true)
          .add("pre_clean", DataTypes.StringType, true)
          .add("pre_clean_reason", DataTypes.StringType, true);

  private ResultSchema() {}

  static Row row(ResultRow row, RunFacts run) {
    UpscaleOptions options = row.options();
    ImageResult result = row.result();
    ImageResult.Sizes sizes = result.sizes();
    return RowFactory.create(
        VERSION,
        row.item().id(),
        row.item().uri(),
        known(row.item().inputVersion()),
        known(result.inputSha256()),
        row.item().outputUri(),
        result.outputBytes() == 0 ? null : result.outputBytes(),
        known(result.outputSha256()),
        row.status().name(),
        row.error().map(error -> error.code().name()).orElse(null),
        row.error().map(ResultRow.Failure::message).orElse(null),
        CollectionConverters.asScala(result.warnings()).toSeq(),
        known(sizes.inputWidth()),
        known(sizes.inputHeight()),
        known(sizes.outputWidth()),
        known(sizes.outputHeight()),
        known(sizes.tiles()),
        // None at all is a number where every tile was flat.
        sizes.tiles() == 0 ? null : Integer.valueOf(sizes.networkCalls()),
        options.sampling().steps(),
        options.sampling().sampler().name().toLowerCase(Locale.ROOT),
        options.seed(),
        options.scale(),
        options.fusionWeight(),
        options.colorFix().name().toLowerCase(Locale.ROOT),
        row.item().parametersDigest(),
        CollectionConverters.asScala(run.parameters(options).values()),
        known(result.modelId()),
        run.bundleLicence(),
        known(result.device()),
        known(result.dtype()),
        CollectionConverters.asScala(result.stageMillis()),
        known(result.origin().host()),
        known(result.origin().executor()),
        result.origin().attempt(),
        new Timestamp(result.origin().finishedAtMillis()),
        result.origin().runId(),
        run.runId(),
        run.softwareVersion(),
        faces(run, result.faces().found()),
        faces(run, result.faces().restored()),
        faces(run, result.faces().left()),
        decision(result.preCleaning()),
        known(result.preCleaning().reason()));
  }

  private static String decision(PreCleaning preCleaning) {
    return preCleaning.decision() == PreCleaning.Decision.NOT_ASKED
        ? null
        : preCleaning.decision().word();
  }

  /** The decision in a row of any version or schema. */
  static PreCleaning preCleaning(Row row) {
    boolean there = Arrays.asList(row.schema().fieldNames()).contains("pre_clean");
    String word = there ? row.getAs("pre_clean") : null;
    return word == null
        ? PreCleaning.NONE
        : new PreCleaning(
            Words.parse(PreCleaning.Decision.class, "pre_clean", word),
            text(row, "pre_clean_reason"));
  }

  /** No face and faces that were not looked for are two things. */
  private static Integer faces(RunFacts run, int count) {
    return run.faces().isEmpty() ? null : count;
  }

  /**
   * The record that a row of an earlier run amounts to; only for rows since {@link
   * #OLDEST_READABLE}.
   */
  static ImageRecord record(Row row) {
    RowStatus status = status(row);
    String code = row.getAs("error_code");
    return new ImageRecord(
        row.getAs("image_id"),
        row.getAs("input_uri"),
        row.getAs("output_uri"),
        text(row, "input_version"),
        row.getAs("parameters_digest"),
        status,
        code == null ? null : new ResultRow.Failure(errorCode(code), text(row, "error_message")),
        result(row));
  }

  /** A code that a newer version wrote and this one does not know is an unknown defect to it. */
  private static ErrorCode errorCode(String name) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.name().equals(name))
        .findFirst()
        .orElse(ErrorCode.INTERNAL);
  }

  private static ImageResult result(Row row) {
    Map<String, Long> stageMillis =
        new HashMap<>(row.<String, Long>getJavaMap(row.fieldIndex("stage_millis")));
    return new ImageResult(
        new ImageResult.Sizes(
            number(row, "input_width"),
            number(row, "input_height"),
            number(row, "output_width"),
            number(row, "output_height"),
            number(row, "tiles"),
            number(row, "network_calls")),
        text(row, "model_id"),
        text(row, "input_sha256"),
        row.isNullAt(row.fieldIndex("output_bytes")) ? 0 : row.<Long>getAs("output_bytes"),
        text(row, "output_sha256"),
        text(row, "device"),
        text(row, "dtype"),
        stageMillis,
        List.copyOf(row.<String>getList(row.fieldIndex("warnings"))),
        new FaceTally(
            number(row, "faces_found"), number(row, "faces_restored"), number(row, "faces_left")),
        preCleaning(row),
        new ImageResult.Origin(
            row.getAs("computed_run_id"),
            text(row, "host"),
            text(row, "executor"),
            number(row, "attempt"),
            row.<Timestamp>getAs("finished_at").getTime()));
  }

  /** One line for the summary of a row that is not DONE. */
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

  private static String known(String value) {
    return value.isEmpty() ? null : value;
  }

  private static String text(Row row, String column) {
    String value = row.getAs(column);
    return value == null ? "" : value;
  }

  private static int number(Row row, String column) {
    Integer value = row.getAs(column);
    return value == null ? 0 : value;
  }
}
