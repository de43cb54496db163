package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ManifestEntries;
import io.stablesr.job.ManifestPlace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/** Reads manifests that are Parquet tables, one partition of them at a time. */
final class ParquetManifest {
  private ParquetManifest() {}

  static void read(SparkSession spark, Path path, ManifestEntries entries) {
    Dataset<Row> table = open(spark, path);
    ManifestEntries.checkColumns("Manifest schema", List.of(table.columns()));
    List<StructField> fields =
        Stream.of(table.schema().fields())
            .filter(field -> !ManifestEntries.isForeign(field.name()))
            .toList();
    fields.forEach(ParquetManifest::checkType);
    List<Column> columns = new ArrayList<>();
    columns.add(functions.col("_metadata.file_name"));
    columns.add(functions.col("_metadata.row_index"));
    fields.forEach(field -> columns.add(functions.col(field.name())));
    Iterator<Row> rows = table.select(columns.toArray(Column[]::new)).toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        Object value = row.get(i + 2);
        if (value != null) {
          values.put(fields.get(i).name(), value.toString());
        }
      }
      entries.add(ManifestPlace.row(row.getString(0), row.getLong(1) + 1), values);
    }
  }

  private static Dataset<Row> open(SparkSession spark, Path path) {
    try {
      return spark.read().parquet(LiteralPath.of(path));
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof org.apache.spark.SparkThrowable) {
        throw new StableSrException(
            ErrorCode.MANIFEST, "The manifest %s cannot be read as Parquet.".formatted(path), e);
      }
      throw e;
    }
  }

  private static void checkType(StructField field) {
    if (!(field.dataType() instanceof StringType) && !(field.dataType() instanceof NumericType)) {
      throw new StableSrException(
          ErrorCode.MANIFEST,
          "Manifest schema: column '%s' is of type %s; it must be text or a number."
              .formatted(field.name(), field.dataType().simpleString()));
    }
  }
}
