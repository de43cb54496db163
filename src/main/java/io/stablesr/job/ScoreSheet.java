package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.metric.FolderScores;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Scores as a table: a row for each picture, with what the figures depend on in each, so that rows
 * of different protocols can be told apart (docs/metrics.md).
 *
 * @param kinds metrics that have a column; those of whole folders have none
 * @param protocol what figures depend on
 * @param seeds what hallucinations are told by
 * @param weightsSha256 of the weight files in use by their names
 * @param libtorch version
 */
public record ScoreSheet(
    List<MetricKind> kinds,
    MetricSet.Protocol protocol,
    Seeds seeds,
    Map<String, String> weightsSha256,
    String libtorch) {
  /** What a column holds; every value may be null. */
  public enum Type {
    /** A String. */
    TEXT,
    /** An Integer. */
    INTEGER,
    /** A Double. */
    NUMBER,
    /** A Boolean. */
    FLAG
  }

  /** A column. */
  public record Column(String name, Type type) {}

  /**
   * What hallucinations are told by.
   *
   * @param folders results of other seeds
   * @param threshold deviation in 0..1 above which a picture is marked
   */
  public record Seeds(int folders, double threshold) {
    /** Checks the range. */
    public Seeds {
      if (!(threshold > 0 && threshold <= 1)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "--hallucination-threshold is %s; it must be above 0 and at most 1."
                .formatted(threshold));
      }
    }
  }

  /** Leaves metrics of folders out. */
  public ScoreSheet {
    kinds = kinds.stream().filter(kind -> kind.subject() != MetricKind.Subject.FOLDERS).toList();
    weightsSha256 = Map.copyOf(weightsSha256);
  }

  /** The columns in their order; all but those of metrics are always there. */
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("image", Type.TEXT));
    columns.add(new Column("height", Type.INTEGER));
    columns.add(new Column("width", Type.INTEGER));
    kinds.forEach(kind -> columns.add(new Column(kind.label(), Type.NUMBER)));
    columns.add(new Column("hallucination", Type.FLAG));
    columns.add(new Column("hallucination_top", Type.INTEGER));
    columns.add(new Column("hallucination_left", Type.INTEGER));
    columns.add(new Column("error", Type.TEXT));
    columns.add(new Column("color", Type.TEXT));
    columns.add(new Column("border", Type.INTEGER));
    columns.add(new Column("rounding", Type.TEXT));
    columns.add(new Column("tile_pixels", Type.INTEGER));
    columns.add(new Column("overlap_pixels", Type.INTEGER));
    columns.add(new Column("seed_folders", Type.INTEGER));
    columns.add(new Column("hallucination_threshold", Type.NUMBER));
    columns.add(new Column("weights_sha256", Type.TEXT));
    columns.add(new Column("version", Type.TEXT));
    columns.add(new Column("libtorch", Type.TEXT));
    return List.copyOf(columns);
  }

  /** The values of a picture, one for each column; null where there is none. */
  public List<Object> values(FolderScores.Row row) {
    boolean decoded = row.height() > 0;
    List<Object> values = new ArrayList<>();
    values.add(row.stem());
    values.add(decoded ? row.height() : null);
    values.add(decoded ? row.width() : null);
    kinds.forEach(kind -> values.add(row.scores().get(kind)));
    values.add(row.disagreement().map(most -> most.deviation() > seeds.threshold()).orElse(null));
    values.add(row.disagreement().map(most -> most.top()).orElse(null));
    values.add(row.disagreement().map(most -> most.left()).orElse(null));
    values.add(row.error().orElse(null));
    values.add(color(protocol.color()));
    values.add(protocol.borderPixels());
    values.add(MetricSet.Protocol.ROUNDING);
    values.add(protocol.tiles().tilePixels());
    values.add(protocol.tiles().overlapPixels());
    values.add(seeds.folders());
    values.add(seeds.threshold());
    values.add(weights());
    values.add(SoftwareVersion.text());
    values.add(libtorch);
    return values;
  }

  private String weights() {
    return weightsSha256.entrySet().stream()
        .map(file -> file.getKey() + "=" + file.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  /** What PSNR and SSIM saw, as options have it: ycbcr, yiq or rgb. */
  public static String color(MetricColor color) {
    return color.name().toLowerCase(Locale.ROOT).replace("_luma", "");
  }
}
