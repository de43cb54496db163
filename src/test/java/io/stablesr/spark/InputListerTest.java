package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.TestImages;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ImageEntry;
import io.stablesr.job.ImageListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedSpark.class)
class InputListerTest {
  @TempDir private Path folder;

  @Test
  void aFolderTellsLengthAndVersion() throws IOException {
    byte[] image = TestImages.png(8, 8);
    Path file = Files.write(folder.resolve("a #1 50%25.png"), image);

    ImageEntry entry = list(folder).images().get(0);

    assertThat(entry.bytes()).isEqualTo(OptionalLong.of(image.length));
    assertThat(entry.version())
        .isEqualTo(image.length + "-" + Files.getLastModifiedTime(file).toMillis());
  }

  @Test
  void resultsOfEarlierRunsAreNoInputsOfAGlob() throws IOException {
    for (String place : new String[] {"in", "out"}) {
      Files.createDirectory(folder.resolve(place));
      Files.write(folder.resolve(place).resolve("a.png"), TestImages.png(8, 8));
    }

    assertThat(list(folder.resolve("*/*.png")).images())
        .extracting(ImageEntry::id)
        .containsExactly("in/a.png");
  }

  @Test
  void anInputMayLieInsideOfTheOutput() throws IOException {
    Files.createDirectories(folder.resolve("out/photos"));
    Files.write(folder.resolve("out/photos/a.png"), TestImages.png(8, 8));

    assertThat(list(folder.resolve("out/photos")).images()).hasSize(1);
    assertThat(list(folder.resolve("out/p*/a.png")).images()).hasSize(1);
  }

  @Test
  void pathsMayBeLongerThanAThousandCharacters() throws IOException {
    Path deep = folder;
    for (int i = 0; i < 9; i++) {
      deep = deep.resolve("ä #%25 " + "x".repeat(110) + i);
    }
    Files.createDirectories(deep);
    Files.write(deep.resolve("ü.png"), TestImages.png(8, 8));
    String id = folder.relativize(deep.resolve("ü.png")).toString();
    Path list = write("list.txt", id);

    assertThat(id).hasSizeGreaterThan(1000);
    assertThat(list(folder).images()).extracting(ImageEntry::id).containsExactly(id);
    assertThat(list(list).images())
        .extracting(ImageEntry::uri)
        .containsExactly("file:" + folder + "/" + id);
  }

  @Test
  void jsonLinesAndPlainListsAreManifests() throws IOException {
    Path json = write("in.jsonl", "{\"uri\":\"b c.png\",\"reference_uri\":\"/r.png\"}\n");
    Path list = write("in.list", "# mine\nfile:///x/b c.png\n");

    assertThat(list(json).images())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.uri()).isEqualTo("file:" + folder + "/b c.png");
              assertThat(entry.referenceUri()).isEqualTo("file:/r.png");
            });
    assertThat(list(list).images()).containsExactly(ImageEntry.of("x/b c.png", "file:/x/b c.png"));
    assertThat(
            list(write("in", "{\"uri\":\"a.png\"}"), Map.of("input.input-format", "jsonl"))
                .images())
        .hasSize(1);
  }

  @Test
  void parquetIsReadBySpark() {
    Path table = folder.resolve("in {x}.parquet");
    Dataset<Row> rows =
        SparkSession.active()
            .sql(
                "select 'a.png' uri, 2.5d scale, 7L seed, null id, 1 _part"
                    + " union all select 'b.png', null, null, 'second', 2");
    rows.coalesce(1).write().parquet(table.toString());

    assertThat(list(table).images())
        .containsExactly(
            new ImageEntry(
                "a.png",
                "file:" + folder + "/a.png",
                "",
                OptionalLong.empty(),
                "",
                "",
                Map.of("upscale.scale", "2.5", "upscale.seed", "7")),
            ImageEntry.of("second", "file:" + folder + "/b.png"));
  }

  @Test
  void anErrorInParquetNamesRowAndColumn() throws IOException {
    parquet("unknown", "select 'a.png' uri, 1 sede");
    fails(
        folder.resolve("unknown.parquet"),
        ErrorCode.MANIFEST,
        "Manifest schema: column 'sede' is unknown; the nearest known column is 'seed' (columns whose"
            + " names begin with '_' or 'x_' are left alone).");
    parquet("type", "select 'a.png' uri, true scale");
    fails(
        folder.resolve("type.parquet"),
        ErrorCode.MANIFEST,
        "Manifest schema: column 'scale' is of type boolean; it must be text or a number.");
    parquet("value", "select 'a.png' uri, 2 scale union all select 'b.png', 99");
    assertThatThrownBy(() -> list(folder.resolve("value.parquet")))
        .hasMessageMatching(
            "Manifest file part-\\S+\\.parquet, row 2, column 'scale': scale is 99.0; it must be in 0"
                + " \\(excluded\\) to 16\\.");
    Path text = write("text.parquet", "no parquet");
    fails(
        text,
        ErrorCode.MANIFEST,
        "The manifest file:%s cannot be read as Parquet.".formatted(text));
  }

  @Test
  void anInventoryNamesTheCurrentImagesOfItsBucket() throws IOException {
    Path manifest =
        write(
            "inventory/2024-01-01T00-00Z/manifest.json",
            PlanFixture.inventoryManifest("elsewhere", "some/prefix/data/part.csv.gz"));
    Path data = Files.createDirectories(folder.resolve("inventory/data"));
    Files.write(
        data.resolve("part.csv.gz"),
        PlanFixture.gzip(
            """
            "photos","a+b/%C3%BC%2B%25+%231.jpg","v1","true","false","123","2024-01-01T00:00:00.000Z","abc"
            "photos","old.jpg","v0","false","false","1","2024-01-01T00:00:00.000Z","x"
            "photos","gone.jpg","v0","true","true","","2024-01-01T00:00:00.000Z",""
            "photos","notes.txt","v1","true","false","5","2024-01-01T00:00:00.000Z","y"
            "photos","a//b.jpg","v1","true","false","5","2024-01-01T00:00:00.000Z","z"
            "photos","a/%2e%2e/%2e%2e/b.jpg","v1","true","false","5","2024-01-01T00:00:00.000Z","z"
            "photos","other/b.jpg","v1","true","false","5","2024-01-01T00:00:00.000Z","z"
            """));

    ImageListing listing =
        list(manifest, Map.of("input.allowed-prefixes", "s3a://photos/a b, s3a://photos/a"));

    assertThat(listing.images())
        .containsExactly(
            ImageEntry.of("a b/ü+% #1.jpg", "s3a://photos/a b/ü+% #1.jpg")
                .withSource(OptionalLong.of(123), "abc"));
    assertThat(listing.leftOut().count()).isEqualTo(3);
    assertThat(listing.leftOut().first())
        .containsExactly(
            "s3a://photos/a//b.jpg: Hadoop's paths cannot name empty or '.' segments",
            "s3a://photos/a/../../b.jpg: it has a '..' segment, plain or encoded",
            "s3a://photos/other/b.jpg: it is outside of input.allowed-prefixes");
  }

  @Test
  void aBrokenInventoryIsOneSentence() throws IOException {
    Path manifest = write("manifest.json", "{\"fileFormat\":\"ORC\"}");
    fails(
        manifest,
        ErrorCode.MANIFEST,
        "The inventory file:%s cannot be used: its files are ORC; only CSV inventories are read."
            .formatted(manifest));
    write("manifest.json", "nothing of the kind");
    fails(
        manifest,
        ErrorCode.MANIFEST,
        "The inventory file:%s cannot be used: it is not the manifest.json of an S3 inventory."
            .formatted(manifest));
    write("manifest.json", PlanFixture.inventoryManifest("b", "data/missing.csv.gz"));
    fails(
        manifest,
        ErrorCode.INPUT_NOT_FOUND,
        "The inventory file:%s names the file data/missing.csv.gz, which is not there."
            .formatted(manifest));
  }

  @Test
  void onlyAllowedPrefixesAreRead() throws IOException {
    Files.createDirectories(folder.resolve("in/sub"));
    Files.write(folder.resolve("in/sub/a.png"), TestImages.png(4, 4));
    Map<String, String> settings =
        Map.of("input.allowed-prefixes", "file://" + folder + "/in/sub/,hdfs://node/x");
    Path inside = write("inside.csv", "uri,reference_uri\nin/sub/a.png,in/sub/r.png\n");
    Path outside = write("outside.csv", "uri\nin/sub/a.png\nin/subway/b.png\n");

    assertThat(list(inside, settings).images()).hasSize(1);
    assertThat(list(folder.resolve("in/sub"), settings).images()).hasSize(1);
    assertThatThrownBy(() -> list(outside, settings))
        .hasMessage(
            "Manifest line 3: uri 'in/subway/b.png' cannot be used: it is outside of"
                + " input.allowed-prefixes (file:%s/in/sub, hdfs://node/x).",
            folder);
    assertThatThrownBy(() -> list(folder.resolve("in"), settings))
        .hasMessage(
            "The input file:%1$s/in is outside of input.allowed-prefixes (file:%1$s/in/sub, hdfs://node/x).",
            folder);
    assertThatThrownBy(() -> list(inside, Map.of("input.allowed-prefixes", "/data")))
        .hasMessage(
            "input.allowed-prefixes has '/data'; it must begin with a scheme, as file:/data or"
                + " s3a://bucket/photos.");
  }

  @Test
  void credentialsInTheInputAreNeitherUsedNorShown() {
    assertThatThrownBy(
            () -> PlanFixture.list("s3a://AKIAKEY:hunter2@bucket/in", folder + "/out", Map.of()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessage(
            "The input s3a://***@bucket/in holds credentials; give them to the store by its own"
                + " settings or environment.");
  }

  @Test
  void tenThousandLinesAreReadInAnyOrderToTheSameListing() throws IOException {
    StringBuilder forwards = new StringBuilder("uri,seed\n");
    StringBuilder backwards = new StringBuilder("uri,seed\n");
    for (int i = 0; i < 10_000; i++) {
      forwards.append("photos/%d.jpg,%d\n".formatted(i, i));
      backwards.append("photos/%d.jpg,%d\n".formatted(9_999 - i, 9_999 - i));
    }

    List<ImageEntry> images = list(write("a.csv", forwards.toString())).images();

    assertThat(images)
        .hasSize(10_000)
        .isEqualTo(list(write("b.csv", backwards.toString())).images());
  }

  private void parquet(String name, String query) {
    SparkSession.active()
        .sql(query)
        .coalesce(1)
        .write()
        .parquet(folder.resolve(name + ".parquet").toString());
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private ImageListing list(Path input) {
    return list(input, Map.of());
  }

  private ImageListing list(Path input, Map<String, String> settings) {
    try {
      return PlanFixture.list(input.toString(), folder + "/out", settings);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void fails(Path input, ErrorCode code, String message) {
    assertThatThrownBy(() -> list(input))
        .isInstanceOfSatisfying(StableSrException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }
}
