package io.stablesr.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.RowStatus;
import io.stablesr.restore.PreCleaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
  @TempDir private Path folder;

  @Test
  void aReportIsAFolderOfPagesAndPicturesUnderNamesOfItsOwn() throws IOException {
    Path page = ReportSamples.write(folder.resolve("report"));

    assertThat(page).isEqualTo(folder.resolve("report/index.html"));
    try (Stream<Path> files = Files.walk(folder.resolve("report"))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .contains("index.html", "vote.html", "00001-small.jpg", "00001-before.jpg", "00005-3.jpg")
          .allMatch(name -> name.matches("(index|vote)\\.html|\\d{5}-(small|before|\\d)\\.jpg"))
          .hasSize(2 + 5 * 6);
    }
    assertThat(folder).isDirectoryNotContaining("glob:**tmp");
    var before = ImageIO.read(folder.resolve("report/pictures/00001-before.jpg").toFile());
    assertThat(before.getWidth()).isEqualTo(32);
    assertThat(before.getHeight()).isEqualTo(24);
  }

  @Test
  void namesAndMessagesAreTextWhereverTheyStand() throws IOException {
    Path page = ReportSamples.write(folder.resolve("report"));

    for (String name : List.of("index.html", "vote.html")) {
      String html = Files.readString(page.resolveSibling(name));
      assertThat(html)
          .doesNotContain("<script>document")
          .doesNotContain("<img src=x")
          .doesNotContain("<b>odd")
          .doesNotContain("<i>broken")
          .doesNotContain("<ADAIN>")
          .doesNotContain("Trial </title>");
      // The page's data and its own script, and nothing that a name has opened or closed.
      assertThat(html.split("<script", -1)).hasSize(3);
      assertThat(html.split("</script", -1)).hasSize(3);
    }
    assertThat(Files.readString(page))
        .contains("Cannot decode &lt;i&gt;broken.png")
        .contains("looks &lt;b&gt;odd&lt;/b&gt;")
        .contains("<bdi>\u202Egnp.evil.png</bdi>");
  }

  @Test
  void theDataOfThePagesIsWhatWentIn() throws IOException {
    JsonObject data = data(ReportSamples.write(folder.resolve("report")));

    assertThat(data.get("report").getAsString()).isEqualTo("Trial </title><b>");
    assertThat(data.get("seed").getAsInt()).isEqualTo(7);
    List<String> ids = new ArrayList<>();
    data.getAsJsonArray("images")
        .forEach(image -> ids.add(image.getAsJsonObject().get("id").getAsString()));
    assertThat(ids).containsExactlyElementsOf(ReportSamples.IMAGES);
    JsonArray tiles =
        data.getAsJsonArray("images").get(0).getAsJsonObject().getAsJsonArray("tiles");
    // 8 x 6 latents in tiles of 5: two columns, two rows.
    assertThat(tiles).hasSize(4);
    assertThat(tiles.get(0).toString()).isEqualTo("[0.0,0.0,0.625,0.8333333333333334]");
    assertThat(tiles.get(3).toString()).isEqualTo("[0.375,0.16666666666666666,1.0,1.0]");
  }

  @Test
  void thePagesLetNothingRunOrLoadButWhatIsTheirs() throws IOException {
    String html = Files.readString(ReportSamples.write(folder.resolve("report")));

    assertThat(html)
        .contains("default-src 'none'; img-src 'self' file: data:;")
        .contains("script-src 'sha256-")
        .doesNotContain("unsafe-eval")
        .doesNotContainPattern("script-src[^;\"]*unsafe-inline")
        .doesNotContainPattern("(?:src|href)=\"(?:https?:)?//");
  }

  @Test
  void severalConfigurationsGetCurvesAndATable() throws IOException {
    String html = Files.readString(ReportSamples.write(folder.resolve("report")));

    assertThat(html)
        .contains("psnr against w", "psnr against steps", "psnr against time")
        .contains("the 5 images that every configuration has finished")
        .contains("<th scope=\"row\">steps 1, w 0.0</th>")
        .contains("IMAGE_DECODE: 4");
  }

  @Test
  void oneConfigurationHasNeither() throws IOException {
    ReportTable table =
        new ReportTable(
            List.of(
                ReportSamples.done("a.png", ReportSamples.settings("1.0", "1"), 30, 10),
                ReportSamples.failed("b.png", ReportSamples.settings("1.0", "1"))));

    String html = Files.readString(write(table, 10, 100).page());

    assertThat(html)
        .doesNotContain("id=\"curves\"")
        .doesNotContain("Configurations")
        .doesNotContain("cleaned first")
        .contains("1 of 2 images with pictures")
        .contains("<h2>Failures and warnings</h2>");
  }

  @Test
  void theHeadingSaysWhetherThereAreFailuresOrWarnings() throws IOException {
    Map<String, String> settings = ReportSamples.settings("1.0", "1");
    ReportCase plain = ReportSamples.done("a.png", settings, ReportCase.Outcome.DONE, 30, 10);
    ReportCase warned = ReportSamples.done("b.png", settings, 30, 10);
    ReportCase failed = ReportSamples.failed("c.png", settings);

    assertThat(FailureSection.html(new ReportTable(List.of(plain)))).isEmpty();
    assertThat(FailureSection.html(new ReportTable(List.of(plain, warned))))
        .contains("<h2>Warnings</h2>");
    assertThat(FailureSection.html(new ReportTable(List.of(plain, failed))))
        .contains("<h2>Failures</h2>");
    ReportCase skipped = ReportSamples.skipped("d.png", settings);
    assertThat(FailureSection.html(new ReportTable(List.of(plain, skipped))))
        .contains("<h2>Skipped images</h2>", "OUTPUT_DIFFERS: 1");
    assertThat(FailureSection.html(new ReportTable(List.of(skipped, warned, failed))))
        .contains("<h2>Failures, skipped images and warnings</h2>");
  }

  @Test
  void whatWasDecidedAboutCleaningStandsBesideTheStatusAndIsNoWarning() throws IOException {
    Map<String, String> settings = ReportSamples.settings("1.0", "1");
    ReportTable table =
        new ReportTable(
            List.of(
                cleaned("a.png", PreCleaning.Decision.CLEANED, "severity 2 <reaches>"),
                cleaned("b.png", PreCleaning.Decision.LEFT, "severity 0.4"),
                ReportSamples.done("c.png", settings, ReportCase.Outcome.DONE, 30, 10)));

    String html = Files.readString(write(table, 10, 100).page());

    assertThat(html)
        .contains("DONE <abbr title=\"severity 2 &lt;reaches&gt;\">cleaned</abbr>")
        .contains("DONE <abbr title=\"severity 0.4\">not cleaned</abbr>")
        .containsOnlyOnce("<td>DONE</td>")
        .contains("<b>1</b> cleaned first")
        .doesNotContain("id=\"failures\"");
  }

  private static ReportCase cleaned(String image, PreCleaning.Decision decision, String reason) {
    return ReportSamples.done(
        image,
        ReportSamples.settings("1.0", "1"),
        new ReportCase.Outcome(
            RowStatus.DONE, "", "", List.of(), new PreCleaning(decision, reason)),
        30,
        10);
  }

  @Test
  void aPictureThatIsNotThereIsSaidAndNothingElseIsLost() {
    List<String> warnings = new ArrayList<>();
    ReportTable table = ReportSamples.table();
    ReportWriter writer =
        new ReportWriter(
            ReportSamples.options(10, 100),
            uri -> {
              if (uri.equals("out:plain.png")) {
                throw new StableSrException(ErrorCode.INPUT_NOT_FOUND, "It is gone.");
              }
              return ReportSamples.picture(uri);
            },
            SeamFinder.NONE,
            java.time.Clock.systemUTC(),
            warnings::add);

    ReportWriter.Written written = writer.write(table, "t", folder.resolve("report"));

    assertThat(written.pictures()).isEqualTo(4);
    assertThat(warnings)
        .hasSize(4)
        .allMatch(w -> w.equals("plain.png has no picture of out:plain.png: It is gone."));
  }

  @Test
  void theTableIsCutAndSaysSo() throws IOException {
    String html = Files.readString(write(ReportSamples.table(), 2, 3).page());

    assertThat(html)
        .contains("The first 3 of 24 rows, those that are not DONE before the others.")
        .contains("2 of 6 images with pictures");
    assertThat(html.split("<tr data-status=", -1)).hasSize(4);
    assertThat(html).doesNotContain("<tr data-status=\"DONE\"");
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    Files.writeString(taken.resolve("mine.txt"), "mine");

    assertThatThrownBy(() -> ReportSamples.write(taken))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_EXISTS))
        .hasMessage(
            "%s exists already and is not an empty folder; choose another --output.", taken);
    assertThat(taken.resolve("mine.txt")).hasContent("mine");
    assertThat(ReportSamples.write(Files.createDirectory(folder.resolve("empty")))).exists();
  }

  private ReportWriter.Written write(ReportTable table, int images, int listed) {
    return ReportSamples.writer(ReportSamples.options(images, listed), new ArrayList<>())
        .write(table, "t", folder.resolve("report"));
  }

  private static JsonObject data(Path page) throws IOException {
    String html = Files.readString(page);
    String start = "<script type=\"application/json\" id=\"data\">";
    int from = html.indexOf(start) + start.length();
    return JsonParser.parseString(html.substring(from, html.indexOf("</script>", from)))
        .getAsJsonObject();
  }
}
