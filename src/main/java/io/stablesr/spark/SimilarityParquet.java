package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.restore.TimeAwareness.Analysis;
import io.stablesr.restore.TimeAwareness.Similarity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What {@code inspect} saw, as a Parquet table: a row for each picture, step and layer. */
public final class SimilarityParquet {
  private static final StructType SCHEMA =
      new StructType()
          .add("model_id", DataTypes.StringType, false)
          .add("image", DataTypes.StringType, false)
          .add("seed", DataTypes.LongType, false)
          .add("comparison", DataTypes.StringType, false)
          .add("layer", DataTypes.StringType, false)
          .add("level", DataTypes.IntegerType, false)
          .add("step", DataTypes.IntegerType, false)
          .add("timestep", DataTypes.IntegerType, false)
          .add("snr_decibels", DataTypes.DoubleType, false)
          .add("cosine", DataTypes.DoubleType, false);

  private final TableFolder table;

  /**
   * @param settings the {@code spark} block is read
   * @param folder that must not be there
   */
  public SimilarityParquet(Config settings, Path folder) {
    this.table = new TableFolder(settings, folder, "--output");
  }

  /** Writes the rows of all pictures. */
  public void write(String modelId, long seed, Map<String, Analysis> pictures) {
    List<Row> rows = new ArrayList<>();
    pictures.forEach(
        (image, analysis) -> {
          for (Similarity one : analysis.similarities()) {
            rows.add(
                RowFactory.create(
                    modelId,
                    image,
                    seed,
                    one.comparison().name().toLowerCase(Locale.ROOT),
                    one.layer(),
                    one.level(),
                    one.step(),
                    one.timestep(),
                    one.snrDecibels(),
                    one.cosine()));
          }
        });
    table.write(SCHEMA, rows);
  }
}
