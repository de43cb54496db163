package io.stablesr.spark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ScoreSheet;
import io.stablesr.metric.FolderScores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores as a Parquet table of one file. Hyphens in the names of metrics become underscores, as SQL
 * wants them.
 */
public final class ScoreParquet {
  private final Config settings;
  private final Path folder;

  /**
   * @param settings the {@code spark} block is read
   * @param folder that must not be there
   * @throws StableSrException OUTPUT_EXISTS where it is
   */
  public ScoreParquet(Config settings, Path folder) {
    this.settings = settings;
    this.folder = folder;
    if (Files.exists(folder)) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS,
          "%s exists already; choose another --parquet.".formatted(folder));
    }
  }

  /** Writes all rows; the folder is complete when it has a file {@code _SUCCESS}. */
  public void write(ScoreSheet sheet, List<FolderScores.Row> rows) {
    StructType schema = new StructType();
    for (ScoreSheet.Column column : sheet.columns()) {
      schema = schema.add(column.name().replace('-', '_'), type(column.type()), true);
    }
    List<Row> values =
        rows.stream().map(row -> RowFactory.create(sheet.values(row).toArray())).toList();
    try {
      SparkSession spark =
          SparkSessions.open(
              settings
                  .withValue("spark.master", ConfigValueFactory.fromAnyRef("local[1]"))
                  .withValue("spark.ui", ConfigValueFactory.fromAnyRef(false)));
      spark
          .createDataFrame(values, schema)
          .coalesce(1)
          .write()
          .mode(SaveMode.ErrorIfExists)
          .parquet(folder.toAbsolutePath().toUri().toString());
    } catch (Exception e) {
      // Scala throws checked exceptions without declaring them.
      throw UpscaleRunner.root(e);
    }
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
