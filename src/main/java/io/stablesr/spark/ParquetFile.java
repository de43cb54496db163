package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * One Parquet file that is complete when it is there: Spark writes it into a folder of its own, and
 * it is moved to its place in one step.
 */
final class ParquetFile {
  private final SparkSession spark;
  private final Path scratch;

  /**
   * @param scratch folder on the same file system for what is not complete yet
   */
  ParquetFile(SparkSession spark, Path scratch) {
    this.spark = spark;
    this.scratch = scratch;
  }

  /** Writes the file; an older one at its place is replaced. */
  void write(Path target, StructType schema, List<Row> rows) throws IOException {
    FileSystem files = target.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Path folder = new Path(scratch, target.getName());
    files.delete(folder, /* recursive */ true);
    // On a local disk the sum of an older file would stay beside the new one if the process died.
    files.setWriteChecksum(false);
    spark.createDataFrame(rows, schema).coalesce(1).write().parquet(folder.toString());
    Path written = null;
    for (FileStatus status : files.listStatus(folder)) {
      if (status.getPath().getName().endsWith(".parquet")) {
        written = status.getPath();
      }
    }
    if (written == null) {
      throw new FileNotFoundException("Spark wrote no file into " + folder);
    }
    files.mkdirs(target.getParent());
    // Where renaming does not replace, a process that dies here leaves the file to be made again.
    if (!renamed(files, written, target) && !replaced(files, written, target)) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be moved to its place.".formatted(target));
    }
    files.delete(folder, /* recursive */ true);
  }

  private static boolean replaced(FileSystem files, Path written, Path target) throws IOException {
    return files.exists(written)
        && files.exists(target)
        && files.delete(target, /* recursive */ false)
        && renamed(files, written, target);
  }

  /** Some file systems throw where there is something, others say no, and some replace it. */
  private static boolean renamed(FileSystem files, Path from, Path to) throws IOException {
    try {
      return files.rename(from, to);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** The rows of a file; none where there is no such file. */
  List<Row> read(Path file, StructType schema) throws IOException {
    FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
    return files.exists(file)
        ? spark.read().schema(schema).parquet(LiteralPath.of(file)).collectAsList()
        : List.of();
  }
}
