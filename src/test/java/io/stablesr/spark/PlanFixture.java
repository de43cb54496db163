package io.stablesr.spark;

import com.typesafe.config.ConfigFactory;
import io.stablesr.FakeEngine;
import io.stablesr.job.ImageListing;
import io.stablesr.job.PlanReport;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.restore.UpscalerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Plans jobs with the engine without networks. */
final class PlanFixture {
  private PlanFixture() {}

  static PlanReport report(String input, String output, Map<String, String> settings) {
    return report(new FakeEngine(), input, output, settings);
  }

  static PlanReport report(
      UpscalerFactory factory, String input, String output, Map<String, String> settings) {
    return new PlanRunner(factory).run(settings(settings), input, output, 3);
  }

  static JobPlan plan(String input, String output, Map<String, String> settings)
      throws IOException, InterruptedException {
    return planner(settings).plan(input, folder(output));
  }

  static ImageListing list(String input, String output, Map<String, String> settings)
      throws IOException {
    return planner(settings).list(input, folder(output));
  }

  private static JobPlanner planner(Map<String, String> settings) {
    return new JobPlanner(
        SparkSession.active(), settings(settings).values(), new FakeEngine(), unused -> "");
  }

  private static Path folder(String output) throws IOException {
    Path path = new Path(output);
    return path.getFileSystem(SparkSession.active().sparkContext().hadoopConfiguration())
        .makeQualified(path);
  }

  private static Settings settings(Map<String, String> settings) {
    return Settings.of(
        SettingKeys.reference(),
        List.of(SettingsLayer.ofCommandLine(settings)),
        bundle -> ConfigFactory.empty());
  }

  static String inventoryManifest(String bucket, String key) {
    return """
        {"sourceBucket": "photos", "destinationBucket": "arn:aws:s3:::%s", "version": "2016-11-30",
         "creationTimestamp": "1514944800000", "fileFormat": "CSV",
         "fileSchema": "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag",
         "files": [{"key": "%s", "size": 1, "MD5checksum": "x"}]}
        """
        .formatted(bucket, key);
  }

  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
