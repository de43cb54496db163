package io.stablesr.spark;

import io.stablesr.job.ImageResult;
import io.stablesr.job.RowStatus;
import io.stablesr.metric.MetricKind;
import io.stablesr.report.ReportCase;
import io.stablesr.restore.PreCleaning;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** Turns rows of any version into those of a report: columns that are not there say nothing. */
final class CaseReader {
  /** Settings that differ from image to image, or that change no pixel, make no configuration. */
  private static final Set<String> NOT_A_CONFIGURATION =
      Set.of(
          "model",
          "upscale.seed",
          "upscale.prompt",
          "upscale.negative-prompt",
          "output.format",
          "output.metadata",
          "output.icc");

  private CaseReader() {}

  /** A row of a run, or of the table of a sweep. */
  static ReportCase of(Row row) {
    Map<String, String> parameters = new TreeMap<>(texts(row, "parameters"));
    Map<String, String> facts = new LinkedHashMap<>();
    put(facts, ReportCase.DATA_SET, text(row, "data_set"));
    put(facts, "run", has(row, "run_id") ? text(row, "run_id") : text(row, "computed_run_id"));
    put(facts, "model", text(row, "model_id"));
    put(facts, "licence of the weights", text(row, "bundle_licence"));
    put(facts, "device", text(row, "device"));
    put(facts, "dtype", text(row, "dtype"));
    put(facts, "host", text(row, "host"));
    put(facts, "version", text(row, "software_version"));
    for (String key : List.of("upscale.seed", "upscale.prompt", "output.format")) {
      put(facts, key, parameters.getOrDefault(key, ""));
    }
    // Rows without a result have no model column, but belong to the same configuration.
    String model = parameters.getOrDefault("model", "");
    parameters.keySet().removeAll(NOT_A_CONFIGURATION);
    if (!model.isEmpty()) {
      parameters.put("bundle", model);
    }
    // Rows of a sweep; figures of different protocols are never averaged.
    put(parameters, "method", text(row, "method"));
    put(parameters, "protocol", text(row, "protocol_id"));
    put(facts, "scores", protocol(row));
    return new ReportCase(
        id(row),
        parameters,
        facts,
        outcome(row),
        new ImageResult.Sizes(
            number(row, "input_width"),
            number(row, "input_height"),
            number(row, "output_width"),
            number(row, "output_height"),
            number(row, "tiles"),
            number(row, "network_calls")),
        longs(row, "stage_millis"),
        scores(row),
        new ReportCase.Pictures(
            text(row, "input_uri"), text(row, "output_uri"), text(row, "reference_uri")));
  }

  /** Pictures of different sets may have one name. */
  private static String id(Row row) {
    return has(row, "image_id")
        ? text(row, "image_id")
        : text(row, "data_set") + "/" + text(row, "image");
  }

  private static Map<String, Double> scores(Row row) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (MetricKind kind : MetricKind.values()) {
      String column = kind.label().replace('-', '_');
      if (has(row, column)) {
        scores.put(kind.label(), row.<Number>getAs(column).doubleValue());
      }
    }
    return scores;
  }

  private static String protocol(Row row) {
    return has(row, "metric_color")
        ? "psnr and ssim of %s, border %d"
            .formatted(text(row, "metric_color"), number(row, "metric_border_pixels"))
        : "";
  }

  private static ReportCase.Outcome outcome(Row row) {
    List<String> found = has(row, "warnings") ? row.getList(row.fieldIndex("warnings")) : List.of();
    // Rows of earlier versions have the decision about cleaning among the warnings.
    return new ReportCase.Outcome(
        RowStatus.valueOf(text(row, "status")),
        text(row, "error_code"),
        text(row, "error_message"),
        PreCleaning.without(found),
        PreCleaning.among(found).orElse(ResultSchema.preCleaning(row)));
  }

  private static boolean has(Row row, String column) {
    return Arrays.asList(row.schema().fieldNames()).contains(column)
        && !row.isNullAt(row.fieldIndex(column));
  }

  private static String text(Row row, String column) {
    return has(row, column) ? row.<String>getAs(column) : "";
  }

  private static int number(Row row, String column) {
    return has(row, column) ? row.<Integer>getAs(column) : 0;
  }

  private static Map<String, String> texts(Row row, String column) {
    return has(row, column) ? row.getJavaMap(row.fieldIndex(column)) : Map.of();
  }

  private static Map<String, Long> longs(Row row, String column) {
    return has(row, column) ? row.getJavaMap(row.fieldIndex(column)) : Map.of();
  }

  private static void put(Map<String, String> facts, String key, String value) {
    if (!value.isEmpty()) {
      facts.put(key, value);
    }
  }
}
