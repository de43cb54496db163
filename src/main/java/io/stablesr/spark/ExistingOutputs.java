package io.stablesr.spark;

import io.stablesr.job.PlannedImage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Which results of a job are there already. */
final class ExistingOutputs {
  /** Of a row, what tells that its image was finished; DONE since rows have a version. */
  private static final StructType ROW =
      new StructType().add("status", DataTypes.StringType).add("output_uri", DataTypes.StringType);

  private final SparkSession spark;
  private final Configuration hadoop;

  ExistingOutputs(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** The places among those of the images where something is: one listing of the output folder. */
  Set<String> among(List<PlannedImage> images, Path outputFolder) throws IOException {
    Set<String> targets = new HashSet<>();
    images.forEach(image -> targets.add(image.outputUri()));
    Set<String> existing = new HashSet<>();
    try {
      FileSystem files = outputFolder.getFileSystem(hadoop);
      RemoteIterator<LocatedFileStatus> found = files.listFiles(outputFolder, /* recursive */ true);
      while (found.hasNext()) {
        String uri = found.next().getPath().toString();
        if (targets.contains(uri)) {
          existing.add(uri);
        }
      }
    } catch (FileNotFoundException e) {
      // Nothing was ever written there.
    }
    return existing;
  }

  /** The places that rows of earlier runs call finished. */
  Set<String> finished(Path rowsFolder) throws IOException {
    Set<String> finished = new HashSet<>();
    if (rowsFolder.getFileSystem(hadoop).exists(rowsFolder)) {
      for (Row row :
          spark
              .read()
              .schema(ROW)
              .parquet(rowsFolder.toString())
              .where(functions.col("status").isin("OK", "DONE"))
              .select("output_uri")
              .distinct()
              .collectAsList()) {
        finished.add(row.getString(0));
      }
    }
    return finished;
  }
}
