package io.stablesr.spark;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ResultRow;
import io.stablesr.job.RowStatus;
import io.stablesr.sweep.SweepConfiguration;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** Makes the rows of a configuration, and tells whether those that are there are up to date. */
final class SweepRows {
  private static final Set<String> AROUND_THE_ENGINE = Set.of("read", "decode", "encode", "write");

  private final SweepConfiguration configuration;
  private final SweepProtocol protocol;

  SweepRows(SweepConfiguration configuration, SweepProtocol protocol) {
    this.configuration = configuration;
    this.protocol = protocol;
  }

  /**
   * A result before it is scored.
   *
   * @param image the picture
   * @param upscaled row of the upscale job; null without one
   * @param failure why there is none, where no such row says it; else null
   * @param outputUri the result; null where there is none
   * @param outputIdentity digest or version of the result; null where there is none
   */
  record Result(
      SweepImage image,
      Row upscaled,
      ResultRow.Failure failure,
      String outputUri,
      String outputIdentity) {
    /** The settings do not suit the model. */
    static Result refused(SweepImage image, StableSrException reason) {
      return new Result(
          image, null, new ResultRow.Failure(reason.code(), reason.getMessage()), null, null);
    }

    /** Another program has left this picture out. */
    static Result missing(SweepImage image, String method) {
      return new Result(
          image,
          null,
          new ResultRow.Failure(
              ErrorCode.INPUT_NOT_FOUND, "%s has no result for %s.".formatted(method, image.id())),
          null,
          null);
    }
  }

  /** What the scores of a result follow from. */
  String scoreId(Result result) {
    return protocol.scoreId(
        result.outputIdentity(), result.image().referenceVersion(), result.image().inputVersion());
  }

  /** Whether the rows are those of these pictures, made and scored as they would be now. */
  boolean areCurrent(List<Row> rows, List<SweepImage> images, Map<String, String> externals) {
    Map<String, Row> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.getAs("row_id"), row));
    if (rows.size() != images.size() || byId.size() != rows.size()) {
      return false;
    }
    for (SweepImage image : images) {
      Row row = byId.get(rowId(image));
      if (row == null || !isCurrent(row, image, externals.get(image.id()))) {
        return false;
      }
    }
    return true;
  }

  private boolean isCurrent(Row row, SweepImage image, String externalVersion) {
    boolean same =
        row.<Integer>getAs("schema_version") == SweepSchema.VERSION
            && configuration.label().equals(row.getAs("configuration"))
            && image.inputUri().equals(row.getAs("input_uri"))
            && image.inputVersion().equals(row.getAs("input_version"))
            && Objects.equals(image.referenceUri(), row.getAs("reference_uri"))
            && Objects.equals(image.referenceVersion(), row.getAs("reference_version"))
            && protocol.id().equals(row.getAs("protocol_id"));
    if (!same) {
      return false;
    }
    if (!RowStatus.DONE.name().equals(row.getAs("status"))) {
      if (configuration.kind() == SweepConfiguration.Kind.EXTERNAL) {
        return externalVersion == null;
      }
      String code = row.getAs("error_code");
      // What failed for a reason outside of the picture is tried again.
      return Arrays.stream(ErrorCode.values())
          .anyMatch(known -> known.name().equals(code) && !known.isTransient());
    }
    String identity =
        configuration.kind() == SweepConfiguration.Kind.EXTERNAL
            ? externalVersion
            : row.<String>getAs("output_sha256");
    return protocol
        .scoreId(identity, image.referenceVersion(), image.inputVersion())
        .equals(row.getAs("score_id"));
  }

  private String rowId(SweepImage image) {
    return Digests.sha256(String.join("|", image.dataSet(), image.stem(), configuration.id()))
        .substring(0, 32);
  }

  /**
   * A row of the table.
   *
   * @param score null where there is no result
   * @param effort what pictures take; empty where that is not known
   */
  Row row(Result result, ScoreRecord score, Optional<SweepEffort> effort) {
    SweepImage image = result.image();
    Map<String, Object> values = new HashMap<>(SweepSchema.settings(configuration));
    values.put("schema_version", SweepSchema.VERSION);
    values.put("row_id", rowId(image));
    values.put("data_set", image.dataSet());
    values.put("image", image.stem());
    values.put("kind", configuration.kind().word());
    values.put("method", configuration.method());
    values.put("configuration", configuration.label());
    values.put("configuration_id", configuration.id());
    values.put("group_id", configuration.groupId());
    values.put("seed", configuration.seed().isPresent() ? configuration.seed().getAsLong() : null);
    values.put("input_uri", image.inputUri());
    values.put("input_version", image.inputVersion());
    values.put("reference_uri", image.referenceUri());
    values.put("reference_version", image.referenceVersion());
    values.put(
        "parameters", CollectionConverters.asScala(new HashMap<>(configuration.parameters())));
    values.put("protocol_id", protocol.id());
    values.put("metric_color", protocol.color());
    values.put("metric_border_pixels", protocol.settings().borderPixels());
    values.put("metric_tile_pixels", protocol.settings().tilePixels());
    values.put("metric_tile_overlap_pixels", protocol.settings().overlapPixels());
    values.put("metric_files", CollectionConverters.asScala(new HashMap<>(protocol.files())));
    values.put("software_version", protocol.softwareVersion());
    values.put(
        "library_versions", CollectionConverters.asScala(new HashMap<>(protocol.libraries())));
    if (result.upscaled() != null) {
      putUpscaled(values, result.upscaled());
      Integer width = result.upscaled().getAs("input_width");
      Integer height = result.upscaled().getAs("input_height");
      if (result.outputUri() != null && width != null && height != null) {
        effort.ifPresent(model -> values.putAll(model.columns(width, height)));
      }
    } else {
      values.put("status", (result.failure() == null ? RowStatus.DONE : RowStatus.FAILED).name());
      values.put("output_uri", result.outputUri());
      if (result.failure() != null) {
        values.put("error_code", result.failure().code().name());
        values.put("error_message", result.failure().message());
      }
    }
    if (score != null) {
      values.put("score_id", score.scoreId());
      values.put("score_error", score.error());
      values.put("score_millis", score.millis());
      values.put("scored_at", new Timestamp(score.scoredAtMillis()));
      values.put("output_sha256", score.outputSha256());
      values.put("reference_sha256", score.referenceSha256());
      values.putAll(score.scores());
      if (score.width() > 0) {
        values.put("output_width", score.width());
        values.put("output_height", score.height());
      }
    }
    return SweepSchema.row(SweepSchema.TABLE, values);
  }

  private static void putUpscaled(Map<String, Object> values, Row upscaled) {
    for (String column :
        List.of(
            "status",
            "error_code",
            "error_message",
            "input_sha256",
            "output_uri",
            "output_sha256",
            "input_width",
            "input_height",
            "output_width",
            "output_height",
            "tiles",
            "network_calls",
            "model_id",
            "bundle_licence",
            "device",
            "host",
            "computed_run_id")) {
      values.put(column, upscaled.getAs(column));
    }
    values.put("computed_dtype", upscaled.getAs("dtype"));
    Map<String, Long> stages =
        upscaled.<String, Long>getJavaMap(upscaled.fieldIndex("stage_millis"));
    values.put("stage_millis", upscaled.getAs("stage_millis"));
    if (RowStatus.DONE.name().equals(upscaled.getAs("status"))) {
      values.put("total_millis", sum(stages, Set.of()));
      values.put("upscale_millis", sum(stages, AROUND_THE_ENGINE));
    }
  }

  private static long sum(Map<String, Long> stages, Set<String> without) {
    Set<String> wanted = new HashSet<>(stages.keySet());
    wanted.removeAll(without);
    return wanted.stream().mapToLong(stages::get).sum();
  }
}
