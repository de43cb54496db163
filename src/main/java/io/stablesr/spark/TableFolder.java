package io.stablesr.spark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A local folder with a Parquet table of one file, for tools that need no cluster. */
final class TableFolder {
  private final Config settings;
  private final Path folder;

  /**
   * @param settings the {@code spark} block is read
   * @param folder that must not be there
   * @param option that named it
   * @throws StableSrException OUTPUT_EXISTS where it is
   */
  TableFolder(Config settings, Path folder, String option) {
    this.settings = settings;
    this.folder = folder;
    if (Files.exists(folder)) {
      throw new StableSrException(
          ErrorCode.OUTPUT_EXISTS,
          "%s exists already; choose another %s.".formatted(folder, option));
    }
  }

  /** Writes all rows; the folder is complete when it has a file {@code _SUCCESS}. */
  void write(StructType schema, List<Row> rows) {
    try {
      SparkSession spark =
          SparkSessions.open(
              settings
                  .withValue("spark.master", ConfigValueFactory.fromAnyRef("local[1]"))
                  .withValue("spark.ui", ConfigValueFactory.fromAnyRef(false)));
      spark
          .createDataFrame(rows, schema)
          .coalesce(1)
          .write()
          .mode(SaveMode.ErrorIfExists)
          .parquet(folder.toAbsolutePath().toUri().toString());
    } catch (Exception e) {
      // Scala throws checked exceptions without declaring them.
      throw UpscaleRunner.root(e);
    }
  }
}
