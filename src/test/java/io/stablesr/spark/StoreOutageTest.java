package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import io.stablesr.job.RowStatus;
import io.stablesr.testing.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A store that fails now and then, and one that fails altogether. */
@Tag("s3-server")
@ExtendWith(SharedSpark.class)
class StoreOutageTest {
  private static final int IMAGES = 10;

  /** The library's own patience, with short pauses. */
  private static final Map<String, String> LIBRARY =
      Map.of(
          "fs.s3a.retry.limit", "4",
          "fs.s3a.retry.interval", "20ms",
          "fs.s3a.retry.throttle.limit", "3",
          "fs.s3a.retry.throttle.interval", "20ms",
          "fs.s3a.attempts.maximum", "2");

  private static final Map<String, String> PATIENT =
      Map.of("store.attempts", "4", "store.delay-millis", "20", "job.partitions", "2");

  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  private final JobFixture fixture = new JobFixture();
  private String name;
  private FaultProxy proxy;
  private FileSystem bucket;

  @BeforeEach
  void fillBucket() throws IOException {
    proxy =
        new FaultProxy(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getUri().getPort()), 5);
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.endpoint", proxy.endpoint());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    // Hadoop keeps a client per bucket; a name of its own gives each test a client of its own.
    hadoop.set("fs.s3a.impl.disable.cache", "false");
    name = "photos-" + UUID.randomUUID();
    LIBRARY.forEach(hadoop::set);
    S3Buckets.create(server, name);
    bucket = new Path("s3a://" + name + "/").getFileSystem(hadoop);
    for (int i = 0; i < IMAGES; i++) {
      try (FSDataOutputStream stream =
          bucket.create(new Path("s3a://%s/in/p%02d.png".formatted(name, i)))) {
        stream.write(TestImages.png(6 + i, 7));
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    LIBRARY.keySet().forEach(hadoop::unset);
    proxy.close();
  }

  @Test
  void faultsOfTheStoreChangeNothing() throws IOException {
    run("calm", PATIENT);
    proxy.share(0.15);

    JobSummary summary = submitUntilDone();

    proxy.share(0);
    assertThat(proxy.faults()).isNotEmpty();
    assertThat(summary.count(RowStatus.DONE)).as(summary.text()).isEqualTo(IMAGES);
    assertThat(JobFixture.rowsById(summary)).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      String picture = "p%02d.png".formatted(i);
      assertThat(read("out/" + picture)).isEqualTo(read("calm/" + picture));
    }
  }

  /** Listing and committing have only the library's patience, which is short here. */
  private JobSummary submitUntilDone() {
    for (int submission = 1; ; submission++) {
      try {
        JobSummary summary = run("out", PATIENT);
        if (summary.exitCode() == 0) {
          return summary;
        }
      } catch (StableSrException e) {
        assertThat(submission).as(e.getMessage()).isLessThan(8);
      }
    }
  }

  @Test
  void anOutageStopsTheJobAndMarksNothingFailed() {
    proxy.failReads();
    Map<String, String> settings =
        Map.of("store.attempts", "1", "job.breaker-images", "3", "job.partitions", "2");

    assertThatThrownBy(() -> run("out", settings))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BREAKER))
        .hasMessageContaining("INPUT_READ")
        .hasMessageContaining("503");

    proxy.mendReads();
    JobSummary second = run("out", PATIENT);
    assertThat(second.count(RowStatus.DONE)).as(second.text()).isEqualTo(IMAGES);
    assertThat(second.count(RowStatus.FAILED)).isZero();
  }

  private JobSummary run(String output, Map<String, String> settings) {
    return fixture.run(
        "s3a://%s/in".formatted(name), "s3a://%s/%s".formatted(name, output), settings);
  }

  private byte[] read(String key) throws IOException {
    try (FSDataInputStream stream = bucket.open(new Path("s3a://%s/%s".formatted(name, key)))) {
      return stream.readAllBytes();
    }
  }
}
