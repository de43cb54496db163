package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ResultFile;
import io.stablesr.testing.FaultProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.util.Progressable;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

/** What is left behind when publishing a result goes wrong. */
@Tag("s3-server")
class PublishFaultTest {
  private static final byte[] RESULT = {1, 2, 3, 4};
  private static final String TARGET_KEY = "test.raced.target";

  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  @TempDir private java.nio.file.Path folder;

  @ParameterizedTest
  @EnumSource(ExistingOutput.class)
  void aBrokenUploadLeavesNothingAtTheKey(ExistingOutput existing) throws IOException {
    try (S3Client client = client()) {
      client.createBucket(request -> request.bucket("photos"));

      assertThatThrownBy(
              () ->
                  new ImageStore(s3(BreakingS3.class), "run", StoreRetry.ONCE)
                      .publish("s3a://photos/out/x.png", ResultFile.of(RESULT), existing))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_WRITE))
          .hasMessage("s3a://photos/out/x.png cannot be written: the line broke");

      assertThat(client.listObjectsV2(request -> request.bucket("photos")).contents())
          .noneMatch(object -> object.key().endsWith("x.png"));
      assertThat(client.listMultipartUploads(request -> request.bucket("photos")).uploads())
          .isEmpty();
    }
    new ImageStore(s3(S3AFileSystem.class), "run", StoreRetry.ONCE)
        .publish("s3a://photos/out/x.png", ResultFile.of(RESULT), ExistingOutput.SKIP);
  }

  /** The library repeats the request, and then the store says that there is something. */
  @Test
  void anUploadWhoseAnswerIsLostIsSuccess() throws IOException {
    try (S3Client client = client();
        FaultProxy proxy =
            new FaultProxy(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getUri().getPort()),
                5)) {
      client.createBucket(request -> request.bucket("photos"));
      Configuration hadoop = s3(S3AFileSystem.class);
      hadoop.set("fs.s3a.endpoint", proxy.endpoint());
      ImageStore store = new ImageStore(hadoop, "run", StoreRetry.ONCE);
      proxy.loseNextAnswer("PUT /photos/out/x.png");

      store.publish("s3a://photos/out/x.png", ResultFile.of(RESULT), ExistingOutput.SKIP);

      assertThat(proxy.faults()).containsExactly(Map.entry(FaultProxy.Fault.LOST_ANSWER, 1L));
      assertThat(store.read("s3a://photos/out/x.png")).isEqualTo(RESULT);
    }
  }

  private S3Client client() {
    return S3Buckets.client(server);
  }

  private Configuration s3(Class<? extends FileSystem> type) {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.s3a.impl", type, FileSystem.class);
    hadoop.setBoolean("fs.s3a.impl.disable.cache", true);
    hadoop.set("fs.s3a.endpoint", server.getUri().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.setBoolean("fs.s3a.path.style.access", true);
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.setBoolean("fs.s3a.connection.ssl.enabled", false);
    return hadoop;
  }

  @ParameterizedTest
  @EnumSource(Renaming.class)
  void aFileThatAppearsInTheMeantimeStays(Renaming renaming) throws IOException {
    java.nio.file.Path target = folder.resolve("x.png");
    Configuration hadoop = raced(renaming, target);

    assertThatThrownBy(
            () ->
                new ImageStore(hadoop, "run", StoreRetry.ONCE)
                    .publish("raced:" + target, ResultFile.of(RESULT), ExistingOutput.SKIP))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS))
        .hasMessage("raced:%s exists; set output.overwrite (--overwrite) to replace it.", target);

    assertThat(target).hasContent("other");
    assertThat(folder.toFile().list()).containsExactly("x.png");
  }

  @ParameterizedTest
  @EnumSource(Renaming.class)
  void aFileThatAppearsInTheMeantimeIsReplacedWhenAsked(Renaming renaming) throws IOException {
    java.nio.file.Path target = folder.resolve("x.png");

    new ImageStore(raced(renaming, target), "run", StoreRetry.ONCE)
        .publish("raced:" + target, ResultFile.of(RESULT), ExistingOutput.REPLACE);

    assertThat(target).hasBinaryContent(RESULT);
    assertThat(folder.toFile().list()).containsExactly("x.png");
  }

  @ParameterizedTest
  @EnumSource(ExistingOutput.class)
  void aFolderOfTheNameStaysAsItIs(ExistingOutput existing) throws IOException {
    java.nio.file.Path target = Files.createDirectory(folder.resolve("x.png"));
    Files.writeString(target.resolve("inside.txt"), "other");
    ImageStore store = new ImageStore(new Configuration(), "run", StoreRetry.ONCE);

    assertThatThrownBy(
            () -> store.publish(target.toUri().toString(), ResultFile.of(RESULT), existing))
        .isInstanceOf(StableSrException.class);

    assertThat(target.toFile().list()).containsExactly("inside.txt");
    assertThat(folder.toFile().list()).containsExactly("x.png");
  }

  private static Configuration raced(Renaming renaming, java.nio.file.Path target) {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.raced.impl", renaming.type, FileSystem.class);
    hadoop.setBoolean("fs.raced.impl.disable.cache", true);
    hadoop.set(TARGET_KEY, target.toString());
    return hadoop;
  }

  /** What a rename does to a file that is in the way. */
  enum Renaming {
    /** As on a local disk. */
    REPLACES(RacedFileSystem.class),
    /** As on HDFS. */
    REFUSES(RefusingFileSystem.class);

    private final Class<? extends FileSystem> type;

    Renaming(Class<? extends FileSystem> type) {
      this.type = type;
    }
  }

  /** A local disk on which another writer finishes first. */
  public static class RacedFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("raced:///");
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      Files.writeString(java.nio.file.Path.of(getConf().get(TARGET_KEY)), "other");
      return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    }
  }

  /** The same with the renaming of HDFS. */
  public static final class RefusingFileSystem extends RacedFileSystem {
    @Override
    public boolean rename(Path source, Path target) throws IOException {
      return !exists(target) && super.rename(source, target);
    }
  }

  /** S3 over a line that breaks halfway through every upload. */
  public static final class BreakingS3 extends S3AFileSystem {
    @Override
    public FSDataOutputStreamBuilder<?, ?> createFile(Path path) {
      return new BreakingBuilder(this, path, super.createFile(path));
    }
  }

  private static final class BreakingBuilder
      extends FSDataOutputStreamBuilder<FSDataOutputStream, BreakingBuilder> {
    private final FSDataOutputStreamBuilder<?, ?> real;

    BreakingBuilder(FileSystem files, Path path, FSDataOutputStreamBuilder<?, ?> real) {
      super(files, path);
      this.real = real;
    }

    @Override
    public BreakingBuilder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      if (isRecursive()) {
        real.recursive();
      }
      real.overwrite(getFlags().contains(CreateFlag.OVERWRITE));
      for (Map.Entry<String, String> option : getOptions()) {
        real.opt(option.getKey(), option.getValue());
      }
      return new BreakingStream(real.build());
    }
  }

  private static final class BreakingStream extends FSDataOutputStream {
    BreakingStream(OutputStream real) throws IOException {
      super(real, null);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length / 2);
      throw new IOException("the line broke");
    }
  }
}
