package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.stablesr.TestImages;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodedImage;
import io.stablesr.job.ExistingOutput;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ResultFile;
import io.stablesr.job.ResultSpool;
import io.stablesr.job.RowStatus;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that are never whole in memory, from the strips to their place. */
@Tag("s3-server")
@ExtendWith(SharedSpark.class)
class StripJobTest {
  @RegisterExtension
  private final S3ProxyExtension server =
      S3ProxyExtension.builder()
          .withCredentials("access", "secret")
          .withBlobStoreProvider("transient-nio2")
          .build();

  @TempDir private Path folder;
  private final JobFixture fixture = new JobFixture();

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff", "jpeg"})
  void aResultInStripsHasTheBytesOfTheWholeAndItsRowSaysSo(String format) throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("small.png"), TestImages.png(5, 5));
    Files.write(input.resolve("large.png"), TestImages.png(31, 23));
    Files.write(input.resolve("halfway.png"), TestImages.png(31, 23));
    Map<String, String> settings = Map.of("output.format", format);
    fixture.run(input.toString(), folder.resolve("whole").toString(), settings);

    JobSummary summary =
        fixture.run(
            input.toString(),
            folder.resolve("strips").toString(),
            Map.of("output.format", format, "upscale.strip-pixels", "1000"));

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(summary.count(RowStatus.DONE)).as(summary.text()).isEqualTo(2);
    assertThat(rows.get("halfway.png").<String>getAs("error_message")).contains("broke halfway");
    assertThat(rows.get("small.png").getList(rows.get("small.png").fieldIndex("warnings")))
        .isEmpty();
    Row large = rows.get("large.png");
    assertThat(large.<String>getList(large.fieldIndex("warnings")))
        .containsExactly("STRIPS: Too large to be worked on as a whole; worked on in strips.");
    assertThat(large.<Integer>getAs("output_width")).isEqualTo(124);
    String name = "large." + Map.of("png", "png", "tiff", "tif", "jpeg", "jpg").get(format);
    Path file = folder.resolve("strips").resolve(name);
    assertThat(large.<Long>getAs("output_bytes")).isEqualTo(Files.size(file));
    assertThat(large.<String>getAs("output_sha256")).isEqualTo(Digests.sha256(file));
    assertThat(pixels(file)).isEqualTo(pixels(folder.resolve("whole").resolve(name)));
    try (var files = Files.list(folder.resolve("strips"))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(2);
    }
  }

  private static float[] pixels(Path file) throws IOException {
    return codec(Map.of()).decode("x", Files.readAllBytes(file)).rgb().data();
  }

  @Test
  void aSpoolIsPublishedOnceAndRecognisedAgainOnFileAndS3() throws IOException {
    S3Buckets.create(server, "photos");
    Configuration hadoop =
        new Configuration(SparkSession.active().sparkContext().hadoopConfiguration());
    hadoop.set("fs.s3a.endpoint", server.getUri().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.access.key", server.getAccessKey());
    hadoop.set("fs.s3a.secret.key", server.getSecretKey());
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    hadoop.set("fs.s3a.impl.disable.cache", "true");
    // Several parts, so that the result is a multipart upload.
    hadoop.set("fs.s3a.multipart.size", "5M");
    hadoop.set("fs.s3a.multipart.threshold", "5M");
    ImageStore store = new ImageStore(hadoop, "run", StoreRetry.ONCE);
    ImageCodec codec = codec(Map.of("output.format", "tiff", "output.tiff-compression", "none"));
    DecodedImage source = codec.decode("x", TestImages.png(8, 8));
    for (String uri :
        List.of(folder.resolve("out/x.tif").toUri().toString(), "s3a://photos/out/x.tif")) {
      try (ResultSpool one = new ResultSpool(codec, source, Map.of());
          ResultSpool other = new ResultSpool(codec, source, Map.of())) {
        ResultFile first = encoded(one, 0.25f);
        ResultFile second = encoded(other, 0.5f);
        assertThat(first.bytes()).isEqualTo(second.bytes()).isGreaterThan(12 << 20);

        store.publish(uri, first, ExistingOutput.SKIP);
        // The same bytes once more: an acknowledgement was lost, or a twin was faster.
        store.publish(uri, first, ExistingOutput.SKIP);
        assertThatThrownBy(() -> store.publish(uri, second, ExistingOutput.SKIP))
            .isInstanceOfSatisfying(
                StableSrException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS));
        assertThat(Digests.sha256(store.read(uri))).isEqualTo(first.sha256());
        store.publish(uri, second, ExistingOutput.REPLACE);
        assertThat(Digests.sha256(store.read(uri))).isEqualTo(second.sha256());
      }
    }
    assertThat(folder.resolve("out").toFile().list()).containsExactly("x.tif");
  }

  @Test
  void aSpoolThatBeginsAnewForgetsWhatItHad() {
    ImageCodec codec = codec(Map.of());
    DecodedImage source = codec.decode("x", TestImages.png(8, 8));
    try (ResultSpool tried = new ResultSpool(codec, source, Map.of());
        ResultSpool plain = new ResultSpool(codec, source, Map.of())) {
      tried.begin(3000, 10);
      tried.write(FloatTensor.zeros(3, 4, 3000));

      assertThat(encoded(tried, 0.5f).sha256()).isEqualTo(encoded(plain, 0.5f).sha256());
    }
  }

  private static ResultFile encoded(ResultSpool spool, float value) {
    spool.begin(2000, 2100);
    FloatTensor strip = FloatTensor.zeros(3, 700, 2000);
    java.util.Arrays.fill(strip.data(), value);
    for (int i = 0; i < 3; i++) {
      spool.write(strip);
    }
    return spool.finish().file();
  }

  private static ImageCodec codec(Map<String, String> settings) {
    Settings effective =
        Settings.of(
            SettingKeys.reference(),
            List.of(SettingsLayer.ofCommandLine(settings)),
            bundle -> ConfigFactory.empty());
    return new ImageCodec(SettingsReader.job(effective.values()));
  }
}
