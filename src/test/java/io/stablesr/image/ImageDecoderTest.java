package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  @Test
  void jpegAndBmpOfAnyWriterAreRead() {
    FloatTensor rgb = Pictures.gradient(48, 64);
    DecodedImage bmp = decode(SampleFiles.imageIo(SampleFiles.bgr(rgb), "bmp"));
    assertThat(Pictures.maxDifference(bmp.rgb(), rgb)).isLessThan(0.51f / 255f);
    assertThat(bmp.source().format()).isEqualTo(ImageFormat.BMP);
    DecodedImage jpeg = decode(SampleFiles.imageIo(SampleFiles.bgr(rgb), "jpeg"));
    assertThat(Pictures.meanDifference(jpeg.rgb(), rgb)).isLessThan(0.01);
    assertThat(jpeg.source().format()).isEqualTo(ImageFormat.JPEG);
  }

  @Test
  void greyBecomesThreeEqualChannelsWithoutAGammaChange() {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i % 16, i / 16, 0, i);
    }
    for (String format : List.of("png", "bmp", "tiff", "jpeg")) {
      FloatTensor rgb = decode(SampleFiles.imageIo(grey, format)).rgb();
      float tolerance = format.equals("jpeg") ? 0.06f : 1e-6f;
      for (int i = 0; i < 3 * 256; i++) {
        assertThat(Math.abs(rgb.data()[i] - i % 256 / 255f)).as(format).isLessThan(tolerance);
      }
      assertThat(rgb.data()[100]).isEqualTo(rgb.data()[356]).isEqualTo(rgb.data()[612]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff"})
  void sixteenBitGreyKeepsItsPrecision(String format) {
    BufferedImage grey = new BufferedImage(8, 1, BufferedImage.TYPE_USHORT_GRAY);
    int[] levels = {0, 1, 255, 256, 257, 32768, 65534, 65535};
    for (int x = 0; x < 8; x++) {
      grey.getRaster().setSample(x, 0, 0, levels[x]);
    }
    DecodedImage decoded = decode(SampleFiles.imageIo(grey, format));
    assertThat(decoded.source().bitsPerChannel()).isEqualTo(16);
    for (int i = 0; i < 24; i++) {
      assertThat(decoded.rgb().data()[i]).isEqualTo(levels[i % 8] / 65535f);
    }
  }

  @Test
  void aPaletteWithTransparencyGivesColourAndAlpha() {
    byte[] red = {(byte) 255, 0, 10};
    byte[] green = {0, (byte) 128, 20};
    byte[] blue = {0, 0, 30};
    byte[] alpha = {(byte) 255, (byte) 64, 0};
    BufferedImage image =
        new BufferedImage(
            3,
            1,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 3, red, green, blue, alpha));
    for (int x = 0; x < 3; x++) {
      image.getRaster().setSample(x, 0, 0, x);
    }
    DecodedImage decoded = decode(SampleFiles.imageIo(image, "png"));
    assertThat(decoded.rgb().data())
        .containsExactly(1f, 0f, 10 / 255f, 0f, 128 / 255f, 20 / 255f, 0f, 0f, 30 / 255f);
    assertThat(decoded.alpha().orElseThrow().data()).containsExactly(1f, 64 / 255f, 0f);
  }

  @Test
  void aTransparentColourOfAnRgbPngGivesAlpha() {
    byte[] scanline = {0, 10, 20, 30, 40, 50, 60};
    byte[] key = SampleFiles.chunk("tRNS", new byte[] {0, 10, 0, 20, 0, 30});
    DecodedImage decoded = decode(SampleFiles.png(2, 1, 8, 2, scanline, key));
    assertThat(decoded.alpha().orElseThrow().data()).containsExactly(0f, 1f);
    assertThat(decoded.rgb().data()[1]).isEqualTo(40 / 255f);
  }

  @Test
  void aTransparentColourOfASixteenBitPngGivesAlpha() {
    byte[] scanline = {0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7};
    byte[] key = SampleFiles.chunk("tRNS", new byte[] {1, 2, 3, 4, 5, 6});
    DecodedImage decoded = decode(SampleFiles.png(2, 1, 16, 2, scanline, key));
    assertThat(decoded.alpha().orElseThrow().data()).containsExactly(0f, 1f);
    assertThat(decoded.rgb().data()[5]).isEqualTo(0x0507 / 65535f);
  }

  @Test
  void aTransparentLevelOfAGreyPngGivesAlpha() {
    byte[] scanline = {0, 10, 20};
    byte[] key = SampleFiles.chunk("tRNS", new byte[] {0, 20});
    DecodedImage decoded = decode(SampleFiles.png(2, 1, 8, 0, scanline, key));
    assertThat(decoded.alpha().orElseThrow().data()).containsExactly(1f, 0f);
  }

  @Test
  void greyWithAlphaIsRead() {
    byte[] scanline = {0, 100, 0, (byte) 200, (byte) 128};
    DecodedImage decoded = decode(SampleFiles.png(2, 1, 8, 4, scanline));
    assertThat(decoded.rgb().data()[1]).isEqualTo(200 / 255f);
    assertThat(decoded.alpha().orElseThrow().data()).containsExactly(0f, 128 / 255f);
  }

  @Test
  void oneBitPicturesAreRead() {
    DecodedImage decoded = decode(SampleFiles.png(8, 1, 1, 0, new byte[] {0, (byte) 0xa5}));
    assertThat(decoded.rgb().data()).startsWith(1f, 0f, 1f, 0f, 0f, 1f, 0f, 1f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiff", "jpeg"})
  void cmykBecomesRgb(String format) {
    // Full cyan, magenta, yellow and black ink, no ink at all: in blocks that survive JPEG.
    int[][] inks = {{255, 0, 0, 0}, {0, 255, 0, 0}, {0, 0, 255, 0}, {0, 0, 0, 255}, {0, 0, 0, 0}};
    byte[] samples = new byte[5 * 16 * 16 * 4];
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 80; x++) {
        for (int c = 0; c < 4; c++) {
          samples[(y * 80 + x) * 4 + c] = (byte) inks[x / 16][c];
        }
      }
    }
    FloatTensor rgb = decode(SampleFiles.cmyk(80, 16, samples, format)).rgb();
    float[][] colors = new float[5][3];
    for (int i = 0; i < 5; i++) {
      for (int c = 0; c < 3; c++) {
        colors[i][c] = rgb.data()[(c * 16 + 8) * 80 + 16 * i + 8];
      }
    }
    assertThat(colors[0][0]).as("cyan has little red").isLessThan(0.35f);
    assertThat(colors[0][2]).as("cyan has blue").isGreaterThan(0.6f);
    assertThat(colors[1][1]).as("magenta has little green").isLessThan(0.35f);
    assertThat(colors[2][2]).as("yellow has little blue").isLessThan(0.35f);
    assertThat(colors[2][0]).as("yellow has red").isGreaterThan(0.8f);
    assertThat(colors[3][0]).as("black").isLessThan(0.25f);
    assertThat(colors[4][1]).as("paper").isGreaterThan(0.95f);
  }

  @Test
  void aProfileIsConvertedToSrgb() {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    byte[] scanline = {0, 55, 55, 55, (byte) 255, 0, 0};
    byte[] png = SampleFiles.png(2, 1, 8, 2, scanline, SampleFiles.iccChunk(linear));
    DecodedImage decoded = decode(png);
    // The sRGB curve takes linear 55/255 to about 0.5; a linear reading would leave 0.216.
    double expected = 1.055 * Math.pow(55 / 255.0, 1 / 2.4) - 0.055;
    assertThat(Math.abs(decoded.rgb().data()[0] - expected)).isLessThan(0.003);
    assertThat(decoded.rgb().data()[1]).isGreaterThan(0.99f);
    assertThat(decoded.source().iccProfile().orElseThrow().bytes()).isEqualTo(linear);
  }

  @Test
  void aProfileInAJpegIsConvertedToo() {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    FloatTensor flat = FloatTensor.zeros(3, 16, 16);
    Arrays.fill(flat.data(), 55 / 255f);
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(100), flat);
    byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe2, "ICC_PROFILE\0\1\1", linear);
    double expected = 1.055 * Math.pow(55 / 255.0, 1 / 2.4) - 0.055;
    assertThat(Math.abs(decode(tagged).rgb().data()[100] - expected)).isLessThan(0.006);
  }

  @ParameterizedTest
  @EnumSource(BitDepth.class)
  void aProfileInATiffIsConvertedTooAndOnlyOnce(BitDepth depth) {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    FloatTensor flat = FloatTensor.zeros(3, 4, 4);
    Arrays.fill(flat.data(), 55 / 255f);
    DecodedImage decoded = decode(SampleFiles.tiffWithProfile(flat, depth, linear));
    double expected = 1.055 * Math.pow(55 / 255.0, 1 / 2.4) - 0.055;
    assertThat(Math.abs(decoded.rgb().data()[20] - expected)).isLessThan(0.003);
    assertThat(decoded.source().iccProfile()).isPresent();
  }

  @Test
  void theProfileOfSrgbItselfChangesNothing() {
    byte[] srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    byte[] scanline = {0, 55, 77, 99};
    byte[] png = SampleFiles.png(1, 1, 8, 2, scanline, SampleFiles.iccChunk(srgb));
    assertThat(decode(png).rgb().data()).containsExactly(55 / 255f, 77 / 255f, 99 / 255f);
  }

  @Test
  void aDamagedProfileDoesNotStopThePicture() {
    byte[] scanline = {0, 55, 77, 99};
    byte[] png = SampleFiles.png(1, 1, 8, 2, scanline, SampleFiles.iccChunk(new byte[200]));
    assertThat(decode(png).rgb().data()).containsExactly(55 / 255f, 77 / 255f, 99 / 255f);
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(95), Pictures.gradient(16, 16));
    byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe2, "ICC_PROFILE\0\1\1", new byte[200]);
    assertThat(decode(tagged).rgb().data()).isEqualTo(decode(jpeg).rgb().data());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void realWebpPhotosAreReadInBothCodings(int number) {
    DecodedImage lossy = decode(SampleFiles.webp(number == 5 ? "5.webp" : number + "_webp_a.webp"));
    assertThat(lossy.source().format()).isEqualTo(ImageFormat.WEBP);
    DecodedImage lossless = decode(SampleFiles.webp(number + "_webp_ll.webp"));
    assertThat(Math.min(lossless.width(), lossless.height())).isGreaterThan(100);
  }

  @Test
  void anAdobeRgbPhotoChangesByItsProfile() {
    byte[] file = SampleFiles.webp("photo-iccp-adobergb.webp");
    DecodedImage photo = decode(file);
    assertThat(photo.source().iccProfile()).isPresent();
    // The same file with the profile's chunk renamed, so that no reader applies it.
    byte[] untagged = file.clone();
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("ICCP");
    System.arraycopy(new byte[] {'X', 'X', 'X', 'X'}, 0, untagged, at, 4);
    untagged[20] &= ~0x20;
    DecodedImage raw = decode(untagged);
    assertThat(raw.source().iccProfile()).isEmpty();
    double difference = Pictures.meanDifference(photo.rgb(), raw.rgb());
    assertThat(difference).isBetween(0.005, 0.2);
  }

  @Test
  void theSharedPhotosAreRead() throws IOException {
    Path folder = SharedFolder.path("data/realsr/lq");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().limit(3).toList()) {
        DecodedImage photo = decoder.decode(file.toString(), Files.newInputStream(file));
        assertThat(photo.width()).isGreaterThan(64);
        assertThat(photo.source().format()).isEqualTo(ImageFormat.PNG);
      }
    }
  }

  private DecodedImage decode(byte[] file) {
    return decoder.decode("sample", file);
  }
}
