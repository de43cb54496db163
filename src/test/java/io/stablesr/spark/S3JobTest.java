package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ResultFile;
import io.stablesr.job.RowStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Reads from and writes to an S3 server over HTTP. */
@Tag("s3-server")
@ExtendWith(SharedSpark.class)
class S3JobTest {
  private static final String BUCKET = "photos";

  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  @TempDir private java.nio.file.Path folder;
  private final JobFixture fixture = new JobFixture();
  private FileSystem bucket;

  @BeforeEach
  void createBucket() throws IOException {
    S3Buckets.create(server, BUCKET);
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.endpoint", server.getUri().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    // Every test has a server of its own, but Hadoop would keep the first one's client.
    hadoop.set("fs.s3a.impl.disable.cache", "true");
    bucket = new Path("s3a://" + BUCKET + "/").getFileSystem(hadoop);
  }

  @Test
  void aJobReadsFromAndWritesToS3() throws IOException {
    put("in/a b.png", TestImages.png(10, 8));
    put("in/sub/ü%20#.jpg", TestImages.jpeg(8, 8));
    put("in/corrupt.png", new byte[] {1, 2, 3});
    put("out/corrupt.png", new byte[] {4});
    put("in/there.png", TestImages.png(4, 4));
    put("out/there.png", new byte[] {5});

    JobSummary summary = fixture.run("s3a://photos/in", "s3a://photos/out", Map.of());

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(rows).containsOnlyKeys("a b.png", "sub/ü%20#.jpg", "corrupt.png", "there.png");
    assertThat(summary.count(RowStatus.DONE)).as(summary.text()).isEqualTo(2);
    assertThat(summary.count(RowStatus.SKIPPED)).isEqualTo(2);
    assertThat(rows.get("sub/ü%20#.jpg").<String>getAs("output_uri"))
        .isEqualTo("s3a://photos/out/sub/ü%20#.png");
    assertThat(bucket.getFileStatus(new Path("s3a://photos/out/sub/ü%20#.png")).getLen())
        .isPositive();
    assertThat(bucket.getFileStatus(new Path("s3a://photos/out/there.png")).getLen()).isEqualTo(1);
  }

  @Test
  void aLocalFolderMayBeWrittenToS3() throws IOException {
    Files.write(folder.resolve("a.png"), TestImages.png(6, 5));

    JobSummary summary = fixture.run(folder.toString(), "s3a://photos/out", Map.of());

    assertThat(summary.count(RowStatus.DONE)).as(summary.text()).isEqualTo(1);
    assertThat(bucket.getFileStatus(new Path("s3a://photos/out/a.png")).getLen()).isPositive();
  }

  @Test
  void aSweepLivesInABucketAndGoesOnThere() throws IOException {
    put("set/lq/a.png", TestImages.png(8, 6));
    put("set/gt/a.png", TestImages.png(32, 24));
    java.nio.file.Path config =
        Files.writeString(
            folder.resolve("sweep.conf"),
            "sweep { data-sets.set.path = \"s3a://photos/set\", baselines = [bicubic],"
                + " grids.one.upscale.fusion-weight = [0, 1], metrics.names = [psnr] }");

    SweepRunner.Outcome first = Sweeps.run(config, "s3a://photos/bench", new StringWriter());
    SweepRunner.Outcome second = Sweeps.run(config, "s3a://photos/bench", new StringWriter());

    assertThat(first.madeRows()).isEqualTo(3);
    assertThat(first.exitCode()).isZero();
    assertThat(second.madeRows()).isZero();
    assertThat(SparkSession.active().read().parquet("s3a://photos/bench/table").count())
        .isEqualTo(3);
    assertThat(bucket.exists(new Path("s3a://photos/bench/summary.csv"))).isTrue();
    assertThat(bucket.exists(new Path("s3a://photos/bench/_scores"))).isFalse();
  }

  @Test
  void publishingReplacesOnlyWhenAsked() throws IOException {
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    ImageStore store = new ImageStore(hadoop, "run", StoreRetry.ONCE);
    String uri = "s3a://photos/out/x.png";

    store.publish(uri, ResultFile.of(new byte[] {1}), ExistingOutput.SKIP);
    store.publish(uri, ResultFile.of(new byte[] {1, 2}), ExistingOutput.REPLACE);

    assertThatThrownBy(() -> store.publish(uri, ResultFile.of(new byte[] {3}), ExistingOutput.SKIP))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS))
        .hasMessage("%s exists; set output.overwrite (--overwrite) to replace it.", uri);
    assertThat(store.read(uri)).containsExactly(1, 2);
    assertThat(bucket.listStatus(new Path("s3a://photos/out"))).hasSize(1);
  }

  private void put(String key, byte[] content) throws IOException {
    try (FSDataOutputStream stream = bucket.create(new Path("s3a://photos/" + key))) {
      stream.write(content);
    }
  }
}
