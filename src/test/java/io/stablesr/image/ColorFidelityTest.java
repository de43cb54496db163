package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles, grey, palettes, depth and transparency from a file to its result. */
class ColorFidelityTest {
  private static final OutputFormat PNG = new OutputFormat.Png(BitDepth.EIGHT);
  private static final OutputFormat JPEG = new OutputFormat.Jpeg(95);
  private static final OutputFormat TIFF = new OutputFormat.Tiff(BitDepth.EIGHT);

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  /** Levels of an AdobeRGB photo go to sRGB and come back, but for colours that sRGB lacks. */
  @Test
  void theProfileOfAPhotoIsRestored() throws IOException {
    byte[] file = SampleFiles.webp("photo-iccp-adobergb.webp");
    DecodedImage source = decode(file);
    BufferedImage stored = raw(file);
    for (OutputFormat format : List.of(PNG, TIFF)) {
      byte[] result = Results.encode(source, source.rgb(), format);
      DecodedImage again = decode(result);
      assertThat(again.source().iccProfile().orElseThrow().bytes())
          .isEqualTo(source.source().iccProfile().orElseThrow().bytes());
      BufferedImage written = raw(result);
      int far = 0;
      int samples = 0;
      for (int y = 0; y < stored.getHeight(); y += 3) {
        for (int x = 0; x < stored.getWidth(); x += 3) {
          for (int c = 0; c < 3; c++) {
            float value = source.rgb().data()[(c * source.height() + y) * source.width() + x];
            boolean inside = value > 0.01f && value < 0.99f;
            int difference =
                Math.abs(
                    stored.getRaster().getSample(x, y, c) - written.getRaster().getSample(x, y, c));
            samples++;
            far += inside && difference > 2 ? 1 : 0;
          }
        }
      }
      assertThat(far).isLessThan(samples / 50);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void aLinearProfileIsRestoredExactly(int bits) {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    int rowBytes = 1 + 64 * 3 * bits / 8;
    byte[] scanlines = new byte[4 * rowBytes];
    for (int i = 0; i < 256 * 3; i++) {
      scanlines[i / 192 * rowBytes + 1 + i % 192 * bits / 8] = (byte) (i / 3);
    }
    DecodedImage source =
        decode(SampleFiles.png(64, 4, bits, 2, scanlines, SampleFiles.iccChunk(linear)));
    OutputFormat format = new OutputFormat.Png(bits == 8 ? BitDepth.EIGHT : BitDepth.SIXTEEN);
    DecodedImage again = decode(Results.encode(source, source.rgb(), format));
    assertThat(again.source().iccProfile().orElseThrow().bytes()).isEqualTo(linear);
    assertThat(Pictures.maxDifference(again.rgb(), source.rgb())).isLessThan(0.002f);
  }

  @Test
  void aProfileOfSeveralJpegSegmentsIsPutTogether() {
    byte[] profile = new byte[150_000];
    new Random(4).nextBytes(profile);
    ResultMetadata metadata =
        new ResultMetadata(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(profile),
            Map.of(),
            Map.of());
    List<JpegSegment> segments = JpegSegment.of(metadata, new ArrayList<>());
    assertThat(segments).hasSize(3);
    byte[] jpeg = SampleFiles.encode(JPEG, Pictures.gradient(8, 8));
    for (int i = segments.size() - 1; i >= 0; i--) {
      jpeg = SampleFiles.withJpegSegment(jpeg, 0xe2, "", segments.get(i).payload());
    }
    assertThat(JpegSegments.scan(jpeg).iccProfile().orElseThrow()).isEqualTo(profile);
  }

  @Test
  void resultsInSrgbAreMarkedAsSuch() {
    byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    byte[] scanline = {0, 55, 55, 55};
    DecodedImage source =
        decode(SampleFiles.png(1, 1, 8, 2, scanline, SampleFiles.iccChunk(linear)));
    byte[] result =
        Results.encode(source, source.rgb(), TIFF, ProfilePolicy.SRGB, Map.of(), new ArrayList<>());
    assertThat(decode(result).rgb().data()[0]).isBetween(0.49f, 0.52f);
    assertThat(decode(result).source().iccProfile().orElseThrow().bytes())
        .isEqualTo(IccProfile.srgb().bytes());
  }

  @Test
  void aDamagedProfileIsNamedAndNotCopied() {
    byte[] scanline = {0, 55, 77, 99};
    DecodedImage source =
        decode(SampleFiles.png(1, 1, 8, 2, scanline, SampleFiles.iccChunk(new byte[200])));
    assertThat(source.warnings())
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.PROFILE_IGNORED,
                "The colours were taken for sRGB: the embedded profile is damaged or for other colours."));
    byte[] result = Results.encode(source, source.rgb(), PNG);
    assertThat(decode(result).warnings()).isEmpty();
    assertThat(decode(result).rgb().data()).isEqualTo(source.rgb().data());
  }

  @ParameterizedTest
  @CsvSource({"8,1", "8,2", "16,1", "16,2"})
  void greyStaysGrey(int bits, int channels) throws IOException {
    byte[] scanline = new byte[1 + 2 * channels * bits / 8];
    for (int i = 1; i < scanline.length; i++) {
      scanline[i] = (byte) (40 * i);
    }
    int colorType = channels == 1 ? 0 : 4;
    DecodedImage source = decode(SampleFiles.png(2, 1, bits, colorType, scanline));
    assertThat(source.source().colors()).isEqualTo(SourceColorKind.GREY);
    BitDepth depth = OutputBits.AUTO.depth(source.source().bitsPerChannel());
    assertThat(depth.bits()).isEqualTo(bits);
    for (OutputFormat format : List.of(PNG, TIFF)) {
      byte[] result = Results.encode(source, source.rgb(), format.withDepth(depth));
      assertThat(raw(result).getRaster().getNumBands()).isEqualTo(channels);
      assertThat(decode(result).rgb().data()).isEqualTo(source.rgb().data());
      assertThat(decode(result).alpha().isPresent()).isEqualTo(channels == 2);
    }
  }

  @Test
  void aPictureOfOneBitStaysGrey() throws IOException {
    DecodedImage source = decode(SampleFiles.png(8, 1, 1, 0, new byte[] {0, (byte) 0xa5}));
    assertThat(source.source().colors()).isEqualTo(SourceColorKind.GREY);
    byte[] result = Results.encode(source, source.rgb(), PNG);
    assertThat(raw(result).getRaster().getNumBands()).isOne();
    assertThat(decode(result).rgb().data()).isEqualTo(source.rgb().data());
  }

  @Test
  void aGreyJpegHasOneComponentAndTheMeanOfTheChannels() throws IOException {
    DecodedImage source = decode(SampleFiles.png(1, 1, 8, 0, new byte[] {0, 100}));
    FloatTensor coloured = FloatTensor.of(new float[] {0.3f, 0.6f, 0.9f}, 3, 1, 1);
    byte[] result = Results.encode(source, coloured, JPEG);
    assertThat(JpegSegments.scan(result).components()).isOne();
    assertThat(ImageIO.read(new ByteArrayInputStream(result)).getRaster().getSample(0, 0, 0))
        .isBetween(152, 154);
  }

  @Test
  void aPaletteBecomesColour() {
    byte[] levels = {0, (byte) 255};
    byte[] others = {(byte) 255, 0};
    BufferedImage image =
        new BufferedImage(
            2,
            1,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, 2, levels, others, levels));
    image.getRaster().setSample(1, 0, 0, 1);
    DecodedImage source = decode(SampleFiles.imageIo(image, "png"));
    assertThat(source.source().colors()).isEqualTo(SourceColorKind.RGB);
    assertThat(OutputBits.AUTO.depth(source.source().bitsPerChannel())).isEqualTo(BitDepth.EIGHT);
  }

  @Test
  void cmykBecomesSrgbAndSaysSo() {
    byte[] inks = new byte[16 * 16 * 4];
    DecodedImage source = decode(SampleFiles.cmyk(16, 16, inks, "jpeg"));
    assertThat(source.source().colors()).isEqualTo(SourceColorKind.OTHER);
    byte[] jpeg = Results.encode(source, source.rgb(), JPEG);
    assertThat(decode(jpeg).source().iccProfile()).isPresent();
    assertThat(JpegSegments.scan(jpeg).components()).isEqualTo(3);
  }

  @Test
  void alphaIsEnlargedOnItsOwnAndPaintedOnWhiteInAJpeg() {
    byte[] scanlines = {0, 0, 0, 0, 0, 0, 0, 0, (byte) 255};
    DecodedImage source = decode(SampleFiles.png(2, 1, 8, 6, scanlines));
    FloatTensor image = TorchResize.nearest(source.rgb(), 4, 8);
    FloatTensor expected = TorchResize.bilinear(source.alpha().orElseThrow(), 4, 8);
    byte[] png = Results.encode(source, image, new OutputFormat.Png(BitDepth.SIXTEEN));
    FloatTensor alpha = decode(png).alpha().orElseThrow();
    assertThat(Pictures.maxDifference(alpha, expected)).isLessThan(1e-5f);
    List<ImageWarning> warnings = new ArrayList<>();
    byte[] jpeg = Results.encode(source, image, JPEG, ProfilePolicy.KEEP, Map.of(), warnings);
    assertThat(decode(jpeg).rgb().data()[0]).isGreaterThan(0.98f);
    assertThat(decode(jpeg).rgb().data()[7]).isLessThan(0.03f);
    assertThat(warnings)
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.ALPHA_FLATTENED,
                "The picture was painted on white: a jpg file has no transparency."));
  }

  @ParameterizedTest
  @CsvSource({"5,7,5,7", "5,7,20,28", "31,2,13,3", "1,1,4,9"})
  void enlargedRowsAreThoseOfTheWholePlane(int h, int w, int outHeight, int outWidth) {
    FloatTensor plane = Pictures.noise(3, 1, h, w);
    BilinearRows rows = new BilinearRows(plane, outHeight, outWidth);
    FloatTensor expected = TorchResize.bilinear(plane, outHeight, outWidth);
    float[] row = new float[outWidth];
    for (int y = 0; y < outHeight; y++) {
      rows.read(y, row);
      for (int x = 0; x < outWidth; x++) {
        assertThat(row[x]).isEqualTo(expected.data()[y * outWidth + x]);
      }
    }
  }

  @Test
  void stripsGiveTheBytesOfTheWholePicture() {
    FloatTensor rgb = Pictures.noise(8, 3, 61, 40);
    for (OutputFormat format : List.of(PNG, TIFF, JPEG)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PictureRequest request = PictureRequest.plain(40, 61, Optional.empty(), Map.of());
      try (StripWriter writer = new ImageEncoder(format, PixelRounding.ROUND).open(request, out)) {
        for (int y = 0; y < 61; y += 9) {
          writer.write(rows(rgb, y, Math.min(9, 61 - y)));
        }
        writer.finish();
      }
      assertThat(out.toByteArray()).isEqualTo(SampleFiles.encode(format, rgb));
    }
  }

  private static FloatTensor rows(FloatTensor rgb, int first, int count) {
    int width = rgb.dim(2);
    FloatTensor strip = FloatTensor.zeros(3, count, width);
    for (int c = 0; c < 3; c++) {
      System.arraycopy(
          rgb.data(),
          (c * rgb.dim(1) + first) * width,
          strip.data(),
          c * count * width,
          count * width);
    }
    return strip;
  }

  /** The samples as they are stored. */
  private static BufferedImage raw(byte[] file) throws IOException {
    try (OpenedImage opened = OpenedImage.open("raw", file, DecodeLimits.defaults())) {
      var param = opened.reader().getDefaultReadParam();
      var rawType = opened.reader().getRawImageType(0);
      var types = opened.reader().getImageTypes(0);
      while (types.hasNext()) {
        var type = types.next();
        if (type.equals(rawType)) {
          param.setDestinationType(type);
        }
      }
      return opened.reader().read(0, param);
    }
  }

  private DecodedImage decode(byte[] file) {
    return decoder.decode("sample", file);
  }
}
