package io.stablesr.spark;

import com.typesafe.config.Config;
import io.stablesr.job.ScoreSheet;
import io.stablesr.metric.FolderScores;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores as a Parquet table of one file. Hyphens in the names of metrics become underscores, as SQL
 * wants them.
 */
public final class ScoreParquet {
  private final TableFolder table;

  /**
   * @param settings the {@code spark} block is read
   * @param folder that must not be there
   * @throws io.stablesr.core.StableSrException OUTPUT_EXISTS where it is
   */
  public ScoreParquet(Config settings, Path folder) {
    this.table = new TableFolder(settings, folder, "--parquet");
  }

  /** Writes all rows; the folder is complete when it has a file {@code _SUCCESS}. */
  public void write(ScoreSheet sheet, List<FolderScores.Row> rows) {
    StructType schema = new StructType();
    for (ScoreSheet.Column column : sheet.columns()) {
      schema = schema.add(column.name().replace('-', '_'), type(column.type()), true);
    }
    List<Row> values =
        rows.stream().map(row -> RowFactory.create(sheet.values(row).toArray())).toList();
    table.write(schema, values);
  }

  private static DataType type(ScoreSheet.Type type) {
    return switch (type) {
      case TEXT -> DataTypes.StringType;
      case INTEGER -> DataTypes.IntegerType;
      case NUMBER -> DataTypes.DoubleType;
      case FLAG -> DataTypes.BooleanType;
    };
  }
}
