package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.testing.OddPictures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every picture inside the test jars of TwelveMonkeys' JPEG, TIFF and WebP plug-ins: real, odd and
 * broken ones. docs/images.md lists those that cannot be decoded and why; with {@code
 * -Dstablesr.write-docs=true} this test writes that list.
 */
class OddFilesTest {
  private static final Path PAGE = Path.of("docs/images.md");
  private static final String BEGIN = "<!-- odd files: begin -->\n";
  private static final String END = "<!-- odd files: end -->";

  private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(50_000_000));
  private final ImageProbe probe = new ImageProbe(new DecodeLimits(50_000_000));

  @Test
  void eachFileGivesAPictureOrAnErrorWithACode() throws IOException {
    Map<String, byte[]> files = OddPictures.files();
    List<String> failures = new ArrayList<>();
    int decoded = 0;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      try {
        DecodedImage image = decoder.decode("it", file.getValue());
        assertFiniteInRange(file.getKey(), image.rgb());
        assertProbeAgrees(file.getKey(), file.getValue(), image);
        decoded++;
      } catch (StableSrException e) {
        assertThat(e.code())
            .as(file.getKey())
            .isIn(ErrorCode.IMAGE_DECODE, ErrorCode.IMAGE_UNSUPPORTED, ErrorCode.IMAGE_TOO_LARGE);
        assertThat(e.getMessage()).startsWith("Cannot decode it: ").endsWith(".");
        failures.add(
            "| `%s` | %s | %s |\n"
                .formatted(
                    file.getKey(),
                    e.code(),
                    e.getMessage().substring("Cannot decode it: ".length()).replace("|", "\\|")));
      }
    }
    String list = "| file | code | reason |\n|---|---|---|\n" + String.join("", failures);
    if (Boolean.getBoolean("stablesr.write-docs")) {
      writeList(list);
    }
    assertThat(files.size()).isEqualTo(OddPictures.FILES);
    assertThat(decoded).isEqualTo(OddPictures.DECODED);
    String page = Files.readString(PAGE);
    assertThat(page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END)))
        .isEqualTo(list);
  }

  private static void assertFiniteInRange(String name, FloatTensor rgb) {
    for (float value : rgb.data()) {
      if (!(value >= 0f && value <= 1f)) {
        throw new AssertionError(name + " has the value " + value);
      }
    }
  }

  private void assertProbeAgrees(String name, byte[] file, DecodedImage image) {
    ImageHeader header = probe.probe("it", new ByteArrayInputStream(file));
    assertThat(header)
        .as(name)
        .isEqualTo(
            new ImageHeader(
                image.source().format(),
                image.width(),
                image.height(),
                image.source().orientation()));
  }

  private static void writeList(String list) throws IOException {
    String page = Files.readString(PAGE);
    Files.writeString(
        PAGE,
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
            + list
            + page.substring(page.indexOf(END)));
  }
}
