package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageListing;
import io.stablesr.job.JobSummary;
import io.stablesr.job.PlanReport;
import io.stablesr.job.RowStatus;
import io.stablesr.job.WorkItem;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Plans jobs whose images are on an S3 server. */
@Tag("s3-server")
@ExtendWith(SharedSpark.class)
class S3PlanTest {
  private static final List<String> KEYS =
      List.of("a b.png", "ü #1.png", "50%25.png", "long/ü/" + "x y/".repeat(250) + "z.png");

  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  private FileSystem bucket;

  @BeforeEach
  void fillBucket() throws IOException {
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(server.getUri())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.getAccessKey(), server.getSecretKey())))
            .build()) {
      client.createBucket(request -> request.bucket("photos"));
    }
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.endpoint", server.getUri().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    hadoop.set("fs.s3a.impl.disable.cache", "true");
    bucket = new Path("s3a://photos/").getFileSystem(hadoop);
    for (String key : KEYS) {
      put("in/" + key, TestImages.png(8, 6));
    }
  }

  @Test
  void anyKeyIsListedProbedAndWritten() throws IOException, InterruptedException {
    // S3 itself ends at 1024 bytes.
    assertThat("in/" + KEYS.get(3)).hasSizeGreaterThan(1000);

    JobPlan plan = PlanFixture.plan("s3a://photos/in", "s3a://photos/out", Map.of());

    assertThat(plan.items()).extracting(WorkItem::id).containsExactlyInAnyOrderElementsOf(KEYS);
    assertThat(plan.items())
        .allSatisfy(
            item -> {
              assertThat(item.inputVersion()).matches("[0-9a-f]{32}");
              assertThat(item.bytes()).isEqualTo(TestImages.png(8, 6).length);
            });
    JobSummary summary = new JobFixture().run("s3a://photos/in", "s3a://photos/out", Map.of());
    assertThat(summary.count(RowStatus.DONE)).as(summary.text()).isEqualTo(4);
    assertThat(keys()).contains("out/" + KEYS.get(1), "out/" + KEYS.get(3));
  }

  @Test
  void anInventoryIsReadWhereItNamesItself() throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    for (String key : KEYS) {
      lines.append(
          "\"photos\",\"%s\",\"\",\"true\",\"false\",\"%d\",\"2024-01-01T00:00:00.000Z\",\"e\"\n"
              .formatted(
                  URLEncoder.encode("in/" + key, StandardCharsets.UTF_8),
                  TestImages.png(8, 6).length));
    }
    put("inv/photos/daily/data/1.csv.gz", PlanFixture.gzip(lines.toString()));
    put(
        "inv/photos/daily/2024-01-01T00-00Z/manifest.json",
        PlanFixture.inventoryManifest("photos", "inv/photos/daily/data/1.csv.gz")
            .getBytes(StandardCharsets.UTF_8));

    String manifest = "s3a://photos/inv/photos/daily/2024-01-01T00-00Z/manifest.json";
    ImageListing listing = PlanFixture.list(manifest, "s3a://photos/out", Map.of());
    PlanReport report = PlanFixture.report(manifest, "s3a://photos/out", Map.of());

    assertThat(listing.images())
        .extracting(ImageEntry::uri)
        .containsExactlyInAnyOrderElementsOf(
            KEYS.stream().map(key -> "s3a://photos/in/" + key).toList());
    assertThat(report.work().images()).as(report.toString()).isEqualTo(4);
    assertThat(report.unreadable().count()).isZero();
  }

  @Test
  void aPlanOnS3WritesNothing() throws IOException {
    List<String> before = keys();

    PlanReport report =
        PlanFixture.report(
            "s3a://photos/in/*.png", "s3a://photos/out", Map.of("job.probe-spark-images", "1"));

    assertThat(report.work().images()).isEqualTo(3);
    assertThat(keys()).isEqualTo(before);
  }

  private List<String> keys() throws IOException {
    List<String> keys = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> found = bucket.listFiles(new Path("s3a://photos/"), true);
    while (found.hasNext()) {
      keys.add(found.next().getPath().toUri().getPath().substring(1));
    }
    return keys;
  }

  private void put(String key, byte[] content) throws IOException {
    try (FSDataOutputStream stream = bucket.create(new Path("s3a://photos/" + key))) {
      stream.write(content);
    }
  }
}
