package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What runs that died have left in an object store. */
@Tag("s3-server")
class RunGuardS3Test {
  private static final String OUTPUT = "s3a://photos/out";

  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  private S3Client client;

  @BeforeEach
  void openStore() {
    client = S3Buckets.client(server);
    client.createBucket(request -> request.bucket("photos"));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void uploadsAndMagicFilesOfDeadRunsAreSweptAndThoseOfOthersStay() throws IOException {
    leftovers("dead");
    leftovers("finished");
    put("out/_rows/run_id=finished/_SUCCESS");
    put("out/p0001.png");
    startUpload("elsewhere/large.png");

    guard(-1).sweep(Set.of());

    assertThat(keys())
        .contains("out/p0001.png", "out/_rows/run_id=finished/_SUCCESS")
        .noneMatch(key -> key.contains("run_id=dead") || key.contains("_journal"));
    assertThat(uploads())
        .contains("elsewhere/large.png", "out/_rows/run_id=finished/part-0.parquet")
        .noneMatch(key -> key.contains("run_id=dead"));
  }

  @Test
  void aRunThatIsAliveIsLeftAlone() throws IOException {
    leftovers("alive");

    guard(600_000).sweep(Set.of());

    assertThat(keys())
        .contains(
            "out/_journal/run_id=alive/alive",
            "out/_rows/run_id=alive/__magic_job-1/tasks/part-0.parquet.pending");
    assertThat(uploads()).containsExactly("out/_rows/run_id=alive/part-0.parquet");
  }

  private RunGuard guard(long deadAfterMillis) throws IOException {
    return new RunGuard(
        hadoop(), new Path(OUTPUT), new Path(OUTPUT + "/_rows"), "now", deadAfterMillis);
  }

  /** A sign of life, a record of the magic committer, and the upload that it stands for. */
  private void leftovers(String run) {
    put("out/_journal/run_id=%s/alive".formatted(run));
    put("out/_rows/run_id=%s/__magic_job-1/tasks/part-0.parquet.pending".formatted(run));
    startUpload("out/_rows/run_id=%s/part-0.parquet".formatted(run));
  }

  private void put(String key) {
    client.putObject(request -> request.bucket("photos").key(key), RequestBody.fromString("x"));
  }

  private void startUpload(String key) {
    client.createMultipartUpload(request -> request.bucket("photos").key(key));
  }

  private List<String> keys() {
    return client.listObjectsV2(request -> request.bucket("photos")).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  private List<String> uploads() {
    return client.listMultipartUploads(request -> request.bucket("photos")).uploads().stream()
        .map(MultipartUpload::key)
        .toList();
  }

  private Configuration hadoop() {
    Configuration hadoop = new Configuration();
    hadoop.setBoolean("fs.s3a.impl.disable.cache", true);
    hadoop.set("fs.s3a.endpoint", server.getUri().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.setBoolean("fs.s3a.path.style.access", true);
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.setBoolean("fs.s3a.connection.ssl.enabled", false);
    return hadoop;
  }
}
