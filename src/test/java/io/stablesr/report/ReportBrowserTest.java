package io.stablesr.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.testing.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser; where there is none, see {@link Browser#open}. */
@Tag("browser")
class ReportBrowserTest {
  private static final String LEFT = "\uE012";
  private static final String RIGHT = "\uE014";
  private static final String DOWN = "\uE015";
  private static final String ESCAPE = "\uE00C";
  private static final String BACKSPACE = "\uE003";

  // A browser that is being closed may still write into its profile.
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private Browser browser;

  private void open(Browser.Window window, String page) throws IOException {
    Path report = folder.resolve("report");
    if (!Files.exists(report)) {
      ReportSamples.write(report);
    }
    browser = Browser.open(window, Files.createDirectory(folder.resolve("browser")));
    browser.requests();
    browser.show(report.resolve(page));
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Nothing was complained about, asked of a network or run that a name has brought. */
  private void assertClean(String title) {
    assertThat(browser.console()).isEmpty();
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(url -> url.startsWith("file:") || url.startsWith("data:,"));
    assertThat(browser.text("document.title")).isEqualTo(title);
  }

  @Test
  void thePageShowsItsPicturesAndAsksNoNetwork() throws IOException {
    open(Browser.Window.DESKTOP, "index.html");

    browser.run("document.querySelectorAll('img').forEach(i => i.loading = 'eager')");
    until("[...document.querySelectorAll('.card img')].every(i => i.naturalWidth > 0)");
    assertThat(browser.text("document.querySelectorAll('.card').length")).isEqualTo("5");
    assertThat(browser.text("document.querySelector('.card bdi').textContent"))
        .isEqualTo(ReportSamples.HOSTILE);
    assertThat(browser.text("document.querySelector('h1').textContent"))
        .isEqualTo("Trial </title><b>");
    assertThat(browser.text("document.querySelectorAll('svg.chart').length")).isEqualTo("5");
    assertClean("Trial </title><b>");
  }

  @Test
  void theViewerIsWorkedWithKeys() throws IOException {
    open(Browser.Window.DESKTOP, "index.html");
    browser.click(".card");
    until("document.getElementById('right-picture').naturalWidth === 32");

    assertThat(browser.text("document.activeElement.id")).isEqualTo("stage");
    assertThat(name()).isEqualTo(ReportSamples.HOSTILE);
    assertThat(divider()).isEqualTo("50%");
    browser.press("d");
    browser.press("d");
    assertThat(divider()).isEqualTo("60%");
    assertThat(browser.text("document.getElementById('right-layer').style.clipPath"))
        .startsWith("inset(0px 0px 0px ");
    String fitted = zoom();
    browser.press("+");
    assertThat(zoom()).isNotEqualTo(fitted);
    String moved = transform();
    browser.press("\uE008", RIGHT);
    assertThat(transform()).isNotEqualTo(moved);
    browser.press("1");
    assertThat(zoom()).isEqualTo("100 %");
    assertThat(browser.text("document.getElementById('seams').hasAttribute('hidden')"))
        .isEqualTo("true");
    browser.press("s");
    assertThat(browser.text("document.getElementById('seams').hasAttribute('hidden')"))
        .isEqualTo("false");
    assertThat(browser.text("document.querySelectorAll('#seams rect.front').length"))
        .isEqualTo("4");
    browser.press(RIGHT);
    assertThat(name()).isEqualTo(ReportSamples.IMAGES.get(1));
    browser.press(LEFT);
    browser.press(LEFT);
    assertThat(name()).isEqualTo(ReportSamples.IMAGES.get(4));
    browser.press(ESCAPE);
    assertThat(browser.text("document.getElementById('viewer').open")).isEqualTo("false");
    assertThat(browser.text("document.activeElement.className")).isEqualTo("card");
    assertClean("Trial </title><b>");
  }

  @Test
  void theDividerFollowsAFingerAndNothingIsWiderThanAPhone() throws IOException {
    open(Browser.Window.PHONE, "index.html");
    assertThat(browser.text("document.documentElement.scrollWidth")).isEqualTo("390");
    browser.click(".card");
    until("document.getElementById('right-picture').naturalWidth === 32");

    browser.drag("touch", 195, 300, 78, 300);

    assertThat(divider()).isEqualTo("20%");
    assertThat(browser.text("document.documentElement.scrollWidth")).isEqualTo("390");
    assertThat(
            browser.text(
                "[...document.querySelectorAll('dialog button')]"
                    + ".every(b => b.getBoundingClientRect().right <= 390"
                    + " && b.getBoundingClientRect().bottom <= 844)"))
        .isEqualTo("true");
    assertClean("Trial </title><b>");
  }

  @Test
  void theRowsAreFilteredAndSorted() throws IOException {
    open(Browser.Window.DESKTOP, "index.html");

    browser.type("#filter-name", "PLAIN");
    assertThat(browser.text("document.getElementById('filter-count').textContent"))
        .isEqualTo("4 of 24 rows");
    browser.run(
        "const s = document.getElementById('filter-status'); s.value = 'FAILED';"
            + " s.dispatchEvent(new Event('change'))");
    assertThat(browser.text("document.getElementById('filter-count').textContent"))
        .isEqualTo("0 of 24 rows");
    browser.run("[...document.querySelectorAll('#row-table thead th')].at(-1).firstChild.click()");
    assertThat(browser.text("document.querySelector('#row-table tbody tr').lastChild.textContent"))
        .isEqualTo("20.0");
    assertThat(
            browser.text(
                "document.querySelector('#row-table tbody tr:last-child').lastChild.textContent"))
        .isEqualTo("–");
    assertClean("Trial </title><b>");
  }

  @Test
  void votesAreBlindRepeatableAndSaved() throws IOException {
    open(Browser.Window.DESKTOP, "vote.html");
    browser.type("#voter", "=cmd, \"x\"");
    browser.click("#setup button");

    String first = order();
    assertThat(browser.text("document.body.innerText")).doesNotContain("steps 1");
    browser.press(LEFT);
    assertThat(order()).isNotEqualTo(first);
    browser.press(BACKSPACE);
    assertThat(order()).isEqualTo(first);
    browser.press(LEFT);
    browser.press(DOWN);
    browser.press(RIGHT);
    browser.press(RIGHT);
    browser.press(LEFT);

    assertThat(browser.text("document.getElementById('result').hidden")).isEqualTo("false");
    assertThat(browser.text("document.getElementById('totals').innerText"))
        .contains(" of 4, ")
        .contains(" % to ")
        .contains("steps 1, w 0.0")
        .contains("steps 4, w 0.0");
    browser.click("#save");
    Path csv = downloaded();
    assertThat(csv.getFileName()).hasToString("votes--cmd-x--7.csv");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0))
        .isEqualTo("report,voter,seed,trial,image,left,right,choice,preferred,seconds,voted_at");
    assertThat(lines.get(1)).startsWith("Trial </title><b>,\"'=cmd, \"\"x\"\"\",7,1,");
    assertThat(String.join("\n", lines)).contains("\"'=HYPERLINK(\"\"http://evil.invalid\"\"");
    assertClean("Votes: Trial </title><b>");

    browser.type("#files", csv.toString());
    until("document.getElementById('files-note').textContent.includes(': 5 votes')");
    assertThat(browser.text("document.getElementById('totals').innerText")).contains(" of 8, ");
    assertThat(browser.text("document.querySelectorAll('#totals tr').length")).isEqualTo("1");

    browser.show(folder.resolve("report/vote.html"));
    browser.click("#setup button");
    assertThat(order()).as("the same seed").isEqualTo(first);
  }

  private String order() {
    return browser.text(
        "document.getElementById('left').src + document.getElementById('right').src");
  }

  private String name() {
    return browser.text("document.getElementById('viewer-name').textContent");
  }

  private String zoom() {
    return browser.text("document.getElementById('zoom').textContent");
  }

  private String transform() {
    return browser.text("document.getElementById('right-picture').style.transform");
  }

  private String divider() {
    return browser.text(
        "Math.round(100 * parseFloat(document.getElementById('divider').style.left)"
            + " / document.getElementById('stage').clientWidth) + '%'");
  }

  private Path downloaded() throws IOException {
    for (int attempt = 0; attempt < 300; attempt++) {
      try (Stream<Path> files = Files.list(folder.resolve("browser"))) {
        List<Path> found = files.filter(file -> file.toString().endsWith(".csv")).toList();
        if (!found.isEmpty()) {
          return found.get(0);
        }
      }
      pause();
    }
    throw new AssertionError("Nothing was downloaded");
  }

  private void until(String expression) {
    for (int attempt = 0; attempt < 300; attempt++) {
      if (browser.text(expression).equals("true")) {
        return;
      }
      pause();
    }
    throw new AssertionError("Not true: " + expression);
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
