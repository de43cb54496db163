package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class ImageEncoderTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  @ParameterizedTest
  @EnumSource(BitDepth.class)
  void pngAndTiffGiveBackEveryValueExactly(BitDepth depth) {
    FloatTensor rgb = Pictures.quantizedNoise(3, depth.max(), 3, 37, 53);
    FloatTensor alpha = Pictures.quantizedNoise(4, depth.max(), 1, 37, 53);
    for (OutputFormat format : new OutputFormat[] {png(depth), tiff(depth)}) {
      DecodedImage plain = decoder.decode("plain", SampleFiles.encode(format, rgb));
      assertThat(plain.rgb().data()).as(format.toString()).isEqualTo(rgb.data());
      assertThat(plain.alpha()).isEmpty();
      assertThat(plain.source().bitsPerChannel()).isEqualTo(depth.bits());

      byte[] file = SampleFiles.encode(format, rgb, Optional.of(alpha), Map.of());
      DecodedImage withAlpha = decoder.decode("alpha", file);
      assertThat(withAlpha.rgb().data()).as(format.toString()).isEqualTo(rgb.data());
      assertThat(withAlpha.alpha().orElseThrow().data()).isEqualTo(alpha.data());
    }
  }

  @Test
  void theSamePictureGivesTheSameBytes() {
    FloatTensor rgb = Pictures.noise(5, 3, 33, 65);
    Map<String, String> text = Map.of("b", "2", "a", "1", "c", "3");
    for (OutputFormat format :
        new OutputFormat[] {
          png(BitDepth.EIGHT), tiff(BitDepth.SIXTEEN), new OutputFormat.Jpeg(90)
        }) {
      assertThat(SampleFiles.encode(format, rgb, Optional.empty(), text))
          .isEqualTo(SampleFiles.encode(format, rgb.copy(), Optional.empty(), text));
    }
  }

  @Test
  void truncationIsHalfALevelDarkerThanRounding() {
    assertThat(PixelRounding.ROUND.level(0.999f, 255)).isEqualTo(255);
    assertThat(PixelRounding.TRUNCATE.level(0.999f, 255)).isEqualTo(254);
    assertThat(PixelRounding.TRUNCATE.level(1.7f, 255)).isEqualTo(255);
    assertThat(PixelRounding.ROUND.level(-0.3f, 255)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 95, 100})
  void jpegKeepsColoursAtFullResolution(int quality) {
    byte[] file = SampleFiles.encode(new OutputFormat.Jpeg(quality), Pictures.gradient(40, 56));
    int frame = frameHeader(file);
    assertThat(file[frame + 9]).as("components").isEqualTo((byte) 3);
    for (int component = 0; component < 3; component++) {
      assertThat(file[frame + 11 + 3 * component]).as("sampling factors").isEqualTo((byte) 0x11);
    }
  }

  @Test
  void jpegQualityDecidesSizeAndError() {
    FloatTensor rgb = Pictures.gradient(64, 64);
    byte[] low = SampleFiles.encode(new OutputFormat.Jpeg(20), rgb);
    byte[] high = SampleFiles.encode(new OutputFormat.Jpeg(98), rgb);
    assertThat(low.length).isLessThan(high.length);
    assertThat(Pictures.meanDifference(decoder.decode("low", low).rgb(), rgb))
        .isGreaterThan(Pictures.meanDifference(decoder.decode("high", high).rgb(), rgb));
    assertThat(Pictures.maxDifference(decoder.decode("high", high).rgb(), rgb)).isLessThan(0.02f);
  }

  @Test
  void pngStoresTextsOfBothKinds() throws IOException {
    byte[] file =
        SampleFiles.encode(
            png(BitDepth.EIGHT),
            Pictures.gradient(4, 4),
            Optional.empty(),
            Map.of("Software", "stablesr", "Comment", "\u65e5\u672c"));
    Element root = (Element) metadata(file, "png").getAsTree("javax_imageio_png_1.0");
    Element plain = (Element) root.getElementsByTagName("tEXtEntry").item(0);
    assertThat(plain.getAttribute("keyword")).isEqualTo("Software");
    assertThat(plain.getAttribute("value")).isEqualTo("stablesr");
    Element international = (Element) root.getElementsByTagName("iTXtEntry").item(0);
    assertThat(international.getAttribute("text")).isEqualTo("\u65e5\u672c");
    assertThat(root.getElementsByTagName("sRGB").getLength()).isOne();
  }

  @Test
  void jpegAndTiffStoreTextsAsLines() {
    Map<String, String> text = Map.of("seed", "42", "note", "\u00fc");
    byte[] jpeg =
        SampleFiles.encode(
            new OutputFormat.Jpeg(90), Pictures.gradient(8, 8), Optional.empty(), text);
    assertThat(new String(jpeg, StandardCharsets.UTF_8)).contains("note=\u00fc\nseed=42");
    byte[] tiff =
        SampleFiles.encode(tiff(BitDepth.EIGHT), Pictures.gradient(8, 8), Optional.empty(), text);
    assertThat(new String(tiff, StandardCharsets.US_ASCII)).contains("note=\\u00fc\nseed=42\0");
  }

  @Test
  void transparencyInAJpegIsRefused() {
    assertThatThrownBy(
            () ->
                SampleFiles.encode(
                    new OutputFormat.Jpeg(90),
                    Pictures.gradient(4, 4),
                    Optional.of(FloatTensor.zeros(1, 4, 4)),
                    Map.of()))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Cannot store transparency in a jpg file: choose PNG or TIFF, or flatten the picture first.");
  }

  @Test
  void notANumberIsNeverWritten() {
    FloatTensor rgb = Pictures.gradient(4, 4);
    rgb.data()[21] = Float.NaN;
    assertThatThrownBy(() -> SampleFiles.encode(png(BitDepth.EIGHT), rgb))
        .hasMessage("Cannot write the picture: value 5 of channel 1 is NaN.")
        .extracting("code")
        .isEqualTo(ErrorCode.NOT_FINITE);
  }

  @Test
  void aFullDiskIsReported() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertThatThrownBy(
            () ->
                new ImageEncoder(png(BitDepth.EIGHT), PixelRounding.ROUND)
                    .encode(Pictures.gradient(5, 4), Optional.empty(), Map.of(), full))
        .hasMessage("Cannot write the png picture of 4x5 pixels: No space left on device.")
        .extracting("code")
        .isEqualTo(ErrorCode.OUTPUT_WRITE);
  }

  @Test
  void aTextKeyThatPngCannotStoreIsRefused() {
    assertThatThrownBy(
            () ->
                SampleFiles.encode(
                    png(BitDepth.EIGHT),
                    Pictures.gradient(4, 4),
                    Optional.empty(),
                    Map.of(" x", "y")))
        .hasMessage(
            "A text key must be 1..79 printable Latin-1 characters without spaces around, got ' x'");
  }

  @Test
  void jpegQualityOutsideItsRangeIsRefused() {
    assertThatThrownBy(() -> new OutputFormat.Jpeg(101))
        .hasMessage("JPEG quality must be 1..100, got 101");
  }

  private static OutputFormat png(BitDepth depth) {
    return new OutputFormat.Png(depth);
  }

  private static OutputFormat tiff(BitDepth depth) {
    return new OutputFormat.Tiff(depth);
  }

  private static int frameHeader(byte[] jpeg) {
    int at = 2;
    while ((jpeg[at + 1] & 0xf0) != 0xc0 || (jpeg[at + 1] & 0xff) == 0xc4) {
      at += 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
    }
    return at;
  }

  private static IIOMetadata metadata(byte[] file, String format) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in);
      return reader.getImageMetadata(0);
    }
  }
}
