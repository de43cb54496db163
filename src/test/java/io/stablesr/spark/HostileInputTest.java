package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.JobSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs over files and manifests that want to do harm. */
@ExtendWith(SharedSpark.class)
class HostileInputTest {
  private final JobFixture fixture = new JobFixture();
  @TempDir private Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void makeFolders() throws IOException {
    input = Files.createDirectory(folder.resolve("in"));
    output = folder.resolve("out");
  }

  @Test
  void bombsAreRowsWithACodeAndOthersAreDone() throws IOException {
    Files.write(input.resolve("good.png"), TestImages.png(8, 8));
    Files.write(input.resolve("claims-much.png"), png(60_000, 60_000, new byte[100]));
    Files.write(input.resolve("line.png"), png(1, 100_000, new byte[200_000]));
    // 256 MiB of zeros in 260 KB, of which a picture of 100x100 needs 10,100 bytes.
    Files.write(input.resolve("inflates-much.png"), png(100, 100, new byte[256 << 20]));

    JobSummary summary = fixture.run(input.toString(), output.toString(), Map.of());

    Map<String, Row> rows = JobFixture.rowsById(summary);
    assertThat(rows.get("good.png").<String>getAs("status")).isEqualTo("DONE");
    assertThat(rows.get("inflates-much.png").<String>getAs("status")).isEqualTo("DONE");
    for (String refused : new String[] {"claims-much.png", "line.png"}) {
      assertThat(rows.get(refused).<String>getAs("status")).isEqualTo("FAILED");
      assertThat(rows.get(refused).<String>getAs("error_code")).isEqualTo("IMAGE_TOO_LARGE");
    }
    assertThat(written()).containsExactly("good.png", "inflates-much.png");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uri\n../secret.png",
        "uri\na/%2e%2e/%2e%2e/secret.png",
        "uri\na/%252e%252e%252fsecret.png",
        "uri\na\\..\\..\\secret.png",
        "uri,output_key\ngood.png,../escaped",
        "uri,output_key\ngood.png,/tmp/escaped",
        "uri,output_key\ngood.png,a/%2e%2e/%2e%2e/escaped",
        "uri,output_key\ngood.png,a\\..\\..\\escaped",
        "uri,output_key\ngood.png,file:/tmp/escaped",
        "uri,output_key\ngood.png,_rows/run_id=0/part-0.parquet",
        "uri,output_key\ngood.png,_journal/run_id=0/images/00/x.json",
        "uri\ns3a://AKIAKEY:hunter2@bucket/a.png",
        "uri\nhttp://169.254.169.254/latest/meta-data/x.png"
      })
  void aManifestThatClimbsOrCarriesSecretsEndsTheJobBeforeItsFirstImage(String text)
      throws IOException {
    Files.write(input.resolve("good.png"), TestImages.png(8, 8));
    Files.write(folder.resolve("secret.png"), TestImages.png(8, 8));
    Path manifest = Files.writeString(input.resolve("list.csv"), text);

    assertThatThrownBy(() -> fixture.run(manifest.toString(), output.toString(), Map.of()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessageContaining("cannot be used")
        .message()
        .doesNotContain("hunter2", "AKIAKEY");

    assertThat(output).doesNotExist();
    assertThat(names(folder)).containsExactly("in", "in/good.png", "in/list.csv", "secret.png");
  }

  @Test
  void anAbsoluteUriIsReadOnlyWhereItIsAllowed() throws IOException {
    Path secret = Files.write(folder.resolve("secret.png"), TestImages.png(8, 8));
    Path manifest = Files.writeString(input.resolve("list.csv"), "uri\n" + secret);

    assertThatThrownBy(
            () ->
                fixture.run(
                    manifest.toString(),
                    output.toString(),
                    Map.of("input.allowed-prefixes", "file://" + input)))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessageContaining("input.allowed-prefixes");
    assertThat(output).doesNotExist();
  }

  /** Ids are free text; what they name stays below the output. */
  @Test
  void idsAndFileNamesThatClimbStayInTheOutput() throws IOException {
    Files.write(input.resolve("..%2f..%2fescaped.png"), TestImages.png(8, 8));
    Files.write(input.resolve("%2e%2e%5cescaped.png"), TestImages.png(8, 8));
    Files.write(input.resolve("good.png"), TestImages.png(8, 8));
    Files.writeString(
        input.resolve("list.csv"),
        """
        uri,id
        good.png,../../escaped
        good.png,/etc/cron.d/escaped
        good.png,_journal/run_id=0/escaped
        """);
    Set<String> before = names(folder);

    JobSummary files = fixture.run(input.toString(), output.toString(), Map.of());
    JobSummary listed =
        fixture.run(
            input.resolve("list.csv").toString(), folder.resolve("out2").toString(), Map.of());

    assertThat(files.exitCode()).as(files.text()).isZero();
    assertThat(listed.exitCode()).as(listed.text()).isZero();
    Set<String> after = names(folder);
    after.removeAll(before);
    assertThat(after)
        .allMatch(name -> name.matches("out2?(/.*)?"))
        .contains(
            "out2/-./-./escaped.png",
            "out2/etc/cron.d/escaped.png",
            "out2/-journal/run_id=0/escaped.png");
  }

  private Set<String> written() throws IOException {
    Set<String> names = names(output);
    names.removeIf(name -> name.startsWith("_"));
    return names;
  }

  private static Set<String> names(Path root) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root)) {
      files.skip(1).forEach(file -> names.add(root.relativize(file).toString()));
    }
    return names;
  }

  /** A grey picture of 8 bits that claims this size. */
  private static byte[] png(int width, int height, byte[] scanlines) throws IOException {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(pixels)) {
      deflater.write(scanlines);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 0, 0, 0, 0})
            .array();
    chunk(file, "IHDR", header);
    chunk(file, "IDAT", pixels.toByteArray());
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] content)
      throws IOException {
    ByteBuffer body =
        ByteBuffer.allocate(4 + content.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .put(content);
    CRC32 crc = new CRC32();
    crc.update(body.array());
    file.write(ByteBuffer.allocate(4).putInt(content.length).array());
    file.write(body.array());
    file.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
