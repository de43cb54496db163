package io.stablesr.spark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.ProgressLine;
import io.stablesr.job.ResultFile;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.MethodFactory;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.sweep.SweepConfiguration;
import io.stablesr.sweep.SweepFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Works through the configurations of a sweep: results by the upscale job, scores, and one file of
 * rows per configuration. A configuration whose file is up to date is left alone.
 */
final class SweepJob {
  private static final String IMAGES = "images";
  private static final String TABLE = "table";
  private static final String SCORES = "_scores";
  private static final String WORK = "_work";

  private final SparkSession spark;
  private final Config common;
  private final UpscalerFactory factory;
  private final Clock clock;
  private final ProgressConsole console;
  private final Path output;

  SweepJob(
      SparkSession spark,
      Config common,
      UpscalerFactory factory,
      Clock clock,
      ProgressConsole console,
      Path output) {
    this.spark = spark;
    this.common = common;
    this.factory = factory;
    this.clock = clock;
    this.console = console;
    this.output = output;
  }

  /** Brings the table up to date; returns what was done. */
  SweepProgress run(SweepFile file, List<SweepConfiguration> configurations)
      throws IOException, InterruptedException {
    DataSetLister lister = new DataSetLister(hadoop(), console);
    List<SweepImage> images = lister.list(file.dataSets(), file.imagesPerSet());
    SweepProtocol protocol =
        SweepProtocol.of(
            file.metrics(), SettingsReader.model(common).threads(), spark.version(), console);
    Path manifest = manifest(images);
    SweepProgress progress = new SweepProgress(0, 0, 0);
    for (int i = 0; i < configurations.size(); i++) {
      SweepConfiguration configuration = configurations.get(i);
      String name = "[%d/%d] %s".formatted(i + 1, configurations.size(), configuration.text());
      Map<String, FileStatus> externals = externals(lister, configuration, images);
      List<SweepImage> wanted = wanted(configuration, images);
      if (wanted.isEmpty()) {
        console.say(name + ": none of its data sets is there");
        continue;
      }
      SweepRows rows = new SweepRows(configuration, protocol);
      Path target = new Path(output, "%s/%s.parquet".formatted(TABLE, configuration.id()));
      ParquetFile table = new ParquetFile(spark, new Path(output, WORK));
      List<Row> there = table.read(target, SweepSchema.TABLE);
      if (rows.areCurrent(there, wanted, versions(externals))) {
        long failed = there.stream().filter(SweepJob::isFailed).count();
        console.say(
            name + ": %d rows were there, %d without all scores".formatted(there.size(), failed));
        progress = progress.kept(there.size(), failed);
      } else {
        long start = clock.millis();
        List<SweepRows.Result> results =
            configuration.kind() == SweepConfiguration.Kind.EXTERNAL
                ? external(configuration, wanted, externals)
                : upscaled(configuration, wanted, manifest);
        List<Row> made = scored(rows, results, configuration, protocol);
        table.write(target, SweepSchema.TABLE, made);
        long failed = made.stream().filter(SweepJob::isFailed).count();
        console.say(
            name
                + ": %d rows, %d without all scores, %s"
                    .formatted(made.size(), failed, ProgressLine.duration(clock.millis() - start)));
        progress = progress.made(made.size(), failed);
      }
      // Only now, so that a run that dies before can take the scores over.
      delete(new Path(output, SCORES + "/" + configuration.id()));
    }
    delete(new Path(output, WORK));
    delete(new Path(output, SCORES));
    return progress;
  }

  /** Of configurations with networks of ours. */
  private Optional<SweepEffort> effort(SweepConfiguration configuration) {
    return configuration
        .settings()
        .filter(settings -> configuration.kind() == SweepConfiguration.Kind.PRODUCT)
        .map(settings -> SweepEffort.of(factory, settings));
  }

  private static boolean isFailed(Row row) {
    return row.get(SweepSchema.TABLE.fieldIndex("score_error")) != null
        || !RowStatus.DONE.name().equals(row.get(SweepSchema.TABLE.fieldIndex("status")));
  }

  private static List<SweepImage> wanted(
      SweepConfiguration configuration, List<SweepImage> images) {
    return configuration.kind() == SweepConfiguration.Kind.EXTERNAL
        ? images.stream()
            .filter(image -> configuration.folders().containsKey(image.dataSet()))
            .toList()
        : images;
  }

  /** Results of another program by the id of their picture. */
  private static Map<String, FileStatus> externals(
      DataSetLister lister, SweepConfiguration configuration, List<SweepImage> images) {
    Map<String, FileStatus> found = new HashMap<>();
    configuration
        .folders()
        .forEach(
            (set, folder) -> {
              if (images.stream().anyMatch(image -> image.dataSet().equals(set))) {
                lister
                    .results(folder)
                    .forEach((stem, status) -> found.put(set + "/" + stem, status));
              }
            });
    return found;
  }

  private static Map<String, String> versions(Map<String, FileStatus> externals) {
    Map<String, String> versions = new HashMap<>();
    externals.forEach((id, status) -> versions.put(id, SourceVersion.of(status)));
    return versions;
  }

  private static List<SweepRows.Result> external(
      SweepConfiguration configuration,
      List<SweepImage> images,
      Map<String, FileStatus> externals) {
    List<SweepRows.Result> results = new ArrayList<>();
    for (SweepImage image : images) {
      FileStatus status = externals.get(image.id());
      results.add(
          status == null
              ? SweepRows.Result.missing(image, configuration.method())
              : new SweepRows.Result(
                  image, null, null, status.getPath().toString(), SourceVersion.of(status)));
    }
    return results;
  }

  private List<SweepRows.Result> upscaled(
      SweepConfiguration configuration, List<SweepImage> images, Path manifest)
      throws IOException, InterruptedException {
    // The folder's name is the digest of the parameters, so all it replaces is results of an older
    // version of an input.
    Config settings =
        configuration
            .settings()
            .orElseThrow()
            .withValue("output.overwrite", ConfigValueFactory.fromAnyRef(true));
    UpscalerFactory engine =
        configuration.kind() == SweepConfiguration.Kind.BASELINE ? new MethodFactory() : factory;
    Map<String, Row> rows = new HashMap<>();
    JobSummary summary;
    try {
      summary =
          new UpscaleJob(spark, settings, engine, UpscaleRunner.runId(clock))
              .run(
                  manifest.toString(),
                  new Path(output, IMAGES + "/" + configuration.id()).toString(),
                  quiet());
    } catch (StableSrException e) {
      if (e.code() != ErrorCode.CONFIG) {
        throw e;
      }
      console.say(configuration.text() + ": " + e.getMessage());
      // The others can run all the same, as where one asks for a prompt that the model cannot take.
      return images.stream().map(image -> SweepRows.Result.refused(image, e)).toList();
    }
    spark
        .read()
        .schema(ResultSchema.SCHEMA)
        .parquet(LiteralPath.of(new Path(summary.rowsUri())))
        .collectAsList()
        .forEach(row -> rows.put(row.getAs("image_id"), row));
    List<SweepRows.Result> results = new ArrayList<>();
    for (SweepImage image : images) {
      Row row = rows.get(image.id());
      boolean done = RowStatus.DONE.name().equals(row.getAs("status"));
      results.add(
          new SweepRows.Result(
              image,
              row,
              null,
              done ? row.getAs("output_uri") : null,
              done ? row.getAs("output_sha256") : null));
    }
    return results;
  }

  /** What an upscale job says of itself would drown what the sweep says. */
  private static ProgressConsole quiet() {
    return new ProgressConsole(
        new PrintWriter(Writer.nullWriter()), ProgressConsole.Kind.PLAIN, 3600);
  }

  private List<Row> scored(
      SweepRows rows,
      List<SweepRows.Result> results,
      SweepConfiguration configuration,
      SweepProtocol protocol) {
    List<ScoreItem> items = new ArrayList<>();
    for (SweepRows.Result result : results) {
      if (result.outputUri() != null) {
        items.add(
            new ScoreItem(
                rows.scoreId(result),
                result.outputUri(),
                result.image().referenceUri(),
                protocol.settings().lookAtInputs() ? result.image().inputUri() : null));
      }
    }
    Map<String, ScoreRecord> scores = new HashMap<>();
    if (!items.isEmpty()) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      // Small tasks: what takes longest is the last of them.
      int slices = Math.min(items.size(), 4 * context.defaultParallelism());
      context
          .parallelize(items, slices)
          .mapPartitions(
              new ScoreTask(
                  context.broadcast(new SerializableConfiguration(hadoop())),
                  protocol.settings(),
                  new Path(output, SCORES + "/" + configuration.id()).toString(),
                  StoreRetry.of(SettingsReader.run(common))))
          .collect()
          .forEach(record -> scores.put(record.scoreId(), record));
    }
    Optional<SweepEffort> effort = effort(configuration);
    List<Row> made = new ArrayList<>();
    for (SweepRows.Result result : results) {
      made.add(
          rows.row(
              result,
              result.outputUri() == null ? null : scores.get(rows.scoreId(result)),
              effort));
    }
    return made;
  }

  /** The pictures as the upscale jobs take them. */
  private Path manifest(List<SweepImage> images) throws IOException {
    StringBuilder text = new StringBuilder("uri,id,output_key\n");
    for (SweepImage image : images) {
      text.append(
          "%s,%s,%s\n"
              .formatted(
                  quoted(image.inputUri()), quoted(image.id()), quoted(image.id() + ".png")));
    }
    Path manifest = new Path(output, WORK + "/images.csv");
    write(manifest, text.toString());
    return manifest;
  }

  private static String quoted(String field) {
    return '"' + field.replace("\"", "\"\"") + '"';
  }

  /** Replaces a text file. */
  void write(Path target, String text) throws IOException {
    new ImageStore(
            hadoop(), new Path(output, WORK), "driver", StoreRetry.of(SettingsReader.run(common)))
        .publish(
            target.toString(),
            ResultFile.of(text.getBytes(StandardCharsets.UTF_8)),
            ExistingOutput.REPLACE);
  }

  /** The table as it is now, with the columns that the summary needs. */
  List<Row> table() {
    return spark
        .read()
        .schema(SweepSchema.TABLE)
        .parquet(LiteralPath.of(new Path(output, TABLE)))
        .selectExpr(SweepSchema.summaryColumns().toArray(String[]::new))
        .collectAsList();
  }

  /** Replaces the summary. */
  void writeSummary(List<Row> rows) throws IOException {
    new ParquetFile(spark, new Path(output, WORK))
        .write(new Path(output, "summary.parquet"), SweepSchema.SUMMARY, rows);
    delete(new Path(output, WORK));
  }

  private void delete(Path folder) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop());
    files.delete(folder, /* recursive */ true);
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
