package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.RowStatus;
import io.stablesr.metric.MetricKind;
import io.stablesr.sweep.Observation;
import io.stablesr.sweep.SummaryLine;
import io.stablesr.sweep.SweepConfiguration;
import io.stablesr.sweep.SweepSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a sweep's table and of its summary; docs/benchmarks.md says what they mean. */
final class SweepSchema {
  /** Grows with every change of the columns. */
  static final int VERSION = 2;

  private static final DataType TEXT = DataTypes.StringType;
  private static final DataType NUMBER = DataTypes.DoubleType;
  private static final DataType WHOLE = DataTypes.IntegerType;
  private static final DataType TEXTS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false);

  /** Columns that hold a setting, by its path. */
  private static final Map<String, Map.Entry<String, DataType>> SETTINGS = settings();

  static final StructType TABLE = table();

  static final StructType SUMMARY =
      new StructType()
          .add("data_set", TEXT)
          .add("kind", TEXT)
          .add("method", TEXT)
          .add("configuration", TEXT)
          .add("group_id", TEXT)
          .add("protocol_id", TEXT)
          .add("metric", TEXT)
          .add("better", TEXT)
          .add("images", WHOLE)
          .add("seeds", WHOLE)
          .add("failed", WHOLE)
          .add("mean", NUMBER)
          .add("low", NUMBER)
          .add("high", NUMBER)
          .add("seed_std", NUMBER)
          .add("image_seed_std", NUMBER)
          .add("baseline", TEXT)
          .add("difference", NUMBER)
          .add("difference_low", NUMBER)
          .add("difference_high", NUMBER)
          .add("wins", WHOLE)
          .add("paired_images", WHOLE)
          .add("p_value", NUMBER)
          .add("p_holm", NUMBER);

  private SweepSchema() {}

  private static Map<String, Map.Entry<String, DataType>> settings() {
    Map<String, Map.Entry<String, DataType>> columns = new LinkedHashMap<>();
    columns.put("model.bundle", Map.entry("bundle", TEXT));
    columns.put("model.dtype", Map.entry("dtype", TEXT));
    columns.put("upscale.scale", Map.entry("scale", NUMBER));
    columns.put("upscale.fusion-weight", Map.entry("fusion_weight", NUMBER));
    columns.put("upscale.color-fix", Map.entry("color_fix", TEXT));
    columns.put("upscale.wavelet-levels", Map.entry("wavelet_levels", WHOLE));
    columns.put("upscale.vae-tile-pixels", Map.entry("vae_tile_pixels", WHOLE));
    columns.put("upscale.prompt", Map.entry("prompt", TEXT));
    columns.put("upscale.negative-prompt", Map.entry("negative_prompt", TEXT));
    columns.put("sampling.sampler", Map.entry("sampler", TEXT));
    columns.put("sampling.steps", Map.entry("steps", WHOLE));
    columns.put("sampling.spacing", Map.entry("spacing", TEXT));
    columns.put("sampling.eta", Map.entry("eta", NUMBER));
    columns.put("sampling.start", Map.entry("start", TEXT));
    columns.put("sampling.start-timestep", Map.entry("start_timestep", WHOLE));
    columns.put("sampling.guidance-scale", Map.entry("guidance_scale", NUMBER));
    columns.put("sampling.overlap-latents", Map.entry("overlap_latents", WHOLE));
    columns.put("compat.ddim-tables", Map.entry("ddim_tables", TEXT));
    columns.put("compat.gaussian-centre", Map.entry("gaussian_centre", TEXT));
    columns.put("compat.pixel-rounding", Map.entry("pixel_rounding", TEXT));
    return columns;
  }

  private static StructType table() {
    StructType table =
        new StructType()
            .add("schema_version", WHOLE)
            .add("row_id", TEXT)
            .add("data_set", TEXT)
            .add("image", TEXT)
            .add("kind", TEXT)
            .add("method", TEXT)
            .add("configuration", TEXT)
            .add("configuration_id", TEXT)
            .add("group_id", TEXT)
            .add("seed", DataTypes.LongType)
            .add("status", TEXT)
            .add("error_code", TEXT)
            .add("error_message", TEXT)
            .add("score_error", TEXT)
            .add("input_uri", TEXT)
            .add("input_version", TEXT)
            .add("input_sha256", TEXT)
            .add("output_uri", TEXT)
            .add("output_sha256", TEXT)
            .add("reference_uri", TEXT)
            .add("reference_version", TEXT)
            .add("reference_sha256", TEXT)
            .add("input_width", WHOLE)
            .add("input_height", WHOLE)
            .add("output_width", WHOLE)
            .add("output_height", WHOLE);
    for (Map.Entry<String, DataType> column : SETTINGS.values()) {
      table = table.add(column.getKey(), column.getValue());
    }
    table = table.add("parameters", TEXTS);
    for (MetricKind kind : MetricKind.values()) {
      if (kind.subject().isOfOneResult()) {
        table = table.add(SweepSummary.column(kind), NUMBER);
      }
    }
    return table
        .add("score_id", TEXT)
        .add("protocol_id", TEXT)
        .add("metric_color", TEXT)
        .add("metric_border_pixels", WHOLE)
        .add("metric_tile_pixels", WHOLE)
        .add("metric_tile_overlap_pixels", WHOLE)
        .add("metric_files", TEXTS)
        .add("model_id", TEXT)
        .add("bundle_licence", TEXT)
        .add("software_version", TEXT)
        .add("library_versions", TEXTS)
        .add("device", TEXT)
        .add("computed_dtype", TEXT)
        .add("host", TEXT)
        .add("tiles", WHOLE)
        .add("network_calls", WHOLE)
        .add(
            "stage_millis",
            DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false))
        .add("upscale_millis", DataTypes.LongType)
        .add("total_millis", DataTypes.LongType)
        .add(SweepSummary.GIGAMACS, NUMBER)
        .add(SweepSummary.MILLION_PARAMETERS, NUMBER)
        .add("score_millis", DataTypes.LongType)
        .add("computed_run_id", TEXT)
        .add("scored_at", DataTypes.TimestampType);
  }

  /** The columns of the settings that a configuration uses. */
  static Map<String, Object> settings(SweepConfiguration configuration) {
    Map<String, Object> values = new HashMap<>();
    if (configuration.settings().isEmpty()) {
      return values;
    }
    Config config = configuration.settings().get();
    SETTINGS.forEach(
        (path, column) -> {
          if (configuration.kind() == SweepConfiguration.Kind.PRODUCT
              || path.equals("model.bundle")
              || configuration.parameters().containsKey(path)) {
            values.put(column.getKey(), value(config, path, column.getValue()));
          }
        });
    return values;
  }

  private static Object value(Config config, String path, DataType type) {
    if (type == NUMBER) {
      return config.getDouble(path);
    }
    return type == WHOLE ? (Object) config.getInt(path) : config.getString(path);
  }

  /** A row of these columns; those that are not named are null. */
  static Row row(StructType schema, Map<String, Object> values) {
    for (String column : values.keySet()) {
      // Throws for a name that is none.
      schema.fieldIndex(column);
    }
    Object[] fields = new Object[schema.length()];
    String[] names = schema.fieldNames();
    for (int i = 0; i < fields.length; i++) {
      fields[i] = values.get(names[i]);
    }
    return RowFactory.create(fields);
  }

  /** What the summary takes of a row of the table. */
  static Observation observation(Row row) {
    Map<String, Double> scores = new HashMap<>();
    for (MetricKind kind : MetricKind.values()) {
      if (kind.subject().isOfOneResult()) {
        Double score = row.getAs(SweepSummary.column(kind));
        if (score != null) {
          scores.put(SweepSummary.column(kind), score);
        }
      }
    }
    Long millis = row.getAs("upscale_millis");
    if (millis != null) {
      scores.put(SweepSummary.SECONDS, millis / 1000.0);
    }
    for (String effort : List.of(SweepSummary.GIGAMACS, SweepSummary.MILLION_PARAMETERS)) {
      Double value = row.getAs(effort);
      if (value != null) {
        scores.put(effort, value);
      }
    }
    Long seed = row.getAs("seed");
    return new Observation(
        row.getAs("data_set"),
        row.getAs("image"),
        new Observation.Group(
            row.getAs("kind"),
            row.getAs("method"),
            row.getAs("configuration"),
            row.getAs("group_id"),
            row.getAs("protocol_id")),
        seed == null ? 0 : seed,
        RowStatus.DONE.name().equals(row.getAs("status")) && row.getAs("score_error") == null
            ? Observation.Outcome.SCORED
            : Observation.Outcome.FAILED,
        scores);
  }

  /** A row of the summary. */
  static Row summary(SummaryLine line) {
    Map<String, Object> values = new HashMap<>();
    values.put("data_set", line.dataSet());
    values.put("kind", line.group().kind());
    values.put("method", line.group().method());
    values.put("configuration", line.group().label());
    values.put("group_id", line.group().groupId());
    values.put("protocol_id", line.group().protocolId());
    values.put("metric", line.metric());
    values.put("better", SweepSummary.better(line.metric()).name().toLowerCase(Locale.ROOT));
    values.put("images", line.images());
    values.put("seeds", line.seeds());
    values.put("failed", line.failed());
    values.put("mean", line.mean());
    values.put("low", line.low());
    values.put("high", line.high());
    values.put("seed_std", value(line.seedDeviation()));
    values.put("image_seed_std", value(line.imageSeedDeviation()));
    line.comparison()
        .ifPresent(
            comparison -> {
              values.put("baseline", comparison.baseline());
              values.put("difference", comparison.difference());
              values.put("difference_low", comparison.low());
              values.put("difference_high", comparison.high());
              values.put("wins", comparison.wins());
              values.put("paired_images", comparison.images());
              values.put("p_value", comparison.pValue());
              values.put("p_holm", comparison.pHolm());
            });
    return row(SUMMARY, values);
  }

  private static Double value(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : null;
  }

  /** The columns that the summary needs, so that the rest is not read. */
  static List<String> summaryColumns() {
    List<String> columns = new ArrayList<>();
    columns.addAll(
        List.of(
            "data_set",
            "image",
            "kind",
            "method",
            "configuration",
            "group_id",
            "protocol_id",
            "seed",
            "status",
            "score_error",
            "upscale_millis",
            SweepSummary.GIGAMACS,
            SweepSummary.MILLION_PARAMETERS));
    for (MetricKind kind : MetricKind.values()) {
      if (kind.subject().isOfOneResult()) {
        columns.add(SweepSummary.column(kind));
      }
    }
    return columns;
  }
}
