package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
  private final ImageProbe probe = new ImageProbe(DecodeLimits.defaults());

  /** Where the stored rows and columns of 123/456 are shown, by the EXIF specification. */
  @ParameterizedTest
  @CsvSource({
    "1,123456",
    "2,321654",
    "3,654321",
    "4,456123",
    "5,142536",
    "6,415263",
    "7,635241",
    "8,362514"
  })
  void pixelsGoWhereExifSays(int exif, String shown) {
    byte[] scanlines = {0, 1, 2, 3, 0, 4, 5, 6};
    byte[] chunk = SampleFiles.chunk("eXIf", SampleFiles.exif(exif));
    DecodedImage image = decoder.decode("x", SampleFiles.png(3, 2, 8, 0, scanlines, chunk));
    StringBuilder levels = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      levels.append(Math.round(image.rgb().data()[i] * 255));
    }
    assertThat(levels).hasToString(shown);
    assertThat(image.width()).isEqualTo(exif < 5 ? 3 : 2);
    assertThat(image.source().orientation().exif()).isEqualTo(exif);
    assertThat(image.source().storedWidth()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void jpegPhotosAreTurned(int exif) {
    FloatTensor rgb = Pictures.gradient(32, 48);
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(98), rgb);
    byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe1, "Exif\0\0", SampleFiles.exif(exif));
    DecodedImage image = decoder.decode("x", tagged);
    Orientation.Placement placement = Orientation.ofExif(exif).placement(48, 32);
    FloatTensor expected = FloatTensor.zeros(image.rgb().shape());
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 48; x++) {
          expected.data()[c * 1536 + placement.index(x, y)] = rgb.data()[c * 1536 + y * 48 + x];
        }
      }
    }
    assertThat(Pictures.maxDifference(image.rgb(), expected)).isLessThan(0.03f);
    ImageHeader header = probe.probe("x", new ByteArrayInputStream(tagged));
    assertThat(header.width()).isEqualTo(image.width());
    assertThat(header.height()).isEqualTo(image.height());
    assertThat(header.orientation().exif()).isEqualTo(exif);
  }

  @Test
  void webpAndTiffAreTurnedAsWell() {
    byte[] webp = withWebpExif(SampleFiles.webp("1_webp_a.webp"), SampleFiles.exif(6));
    DecodedImage plain = decoder.decode("x", SampleFiles.webp("1_webp_a.webp"));
    assertThat(decoder.decode("x", webp).width()).isEqualTo(plain.height());
    assertThat(probe.probe("x", new ByteArrayInputStream(webp)).width()).isEqualTo(plain.height());

    byte[] tiff = minimalTiff(5, 2, 8);
    DecodedImage image = decoder.decode("x", tiff);
    assertThat(image.source().orientation()).isEqualTo(Orientation.ROTATE_270);
    assertThat(image.width()).isEqualTo(2);
    // Stored rows 0..4 and 5..9; the last column becomes the first row.
    assertThat(image.rgb().data()).startsWith(4 / 255f, 9 / 255f, 3 / 255f, 8 / 255f);
  }

  @Test
  void aDamagedExifBlockDoesNotStopThePicture() {
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(90), Pictures.gradient(8, 8));
    byte[] garbage = new byte[40];
    Arrays.fill(garbage, (byte) 0x4d);
    for (byte[] exif : new byte[][] {new byte[0], {1, 2, 3}, garbage, SampleFiles.exif(99)}) {
      byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe1, "Exif\0\0", exif);
      assertThat(decoder.decode("x", tagged).source().orientation()).isEqualTo(Orientation.NORMAL);
    }
  }

  @Test
  void aProbeNeedsOnlyTheBeginningOfAPhoto() {
    byte[] png =
        SampleFiles.encode(new OutputFormat.Png(BitDepth.EIGHT), Pictures.noise(1, 3, 400, 500));
    assertThat(png.length).isGreaterThan(500_000);
    ByteArrayInputStream in = new ByteArrayInputStream(png);
    assertThat(probe.probe("x", in))
        .isEqualTo(new ImageHeader(ImageFormat.PNG, 500, 400, Orientation.NORMAL));
    assertThat(in.available()).isGreaterThan(png.length - 300_000);
  }

  @Test
  void aProbeFindsAHeaderBehindThePixels() {
    byte[] tiff =
        SampleFiles.encode(new OutputFormat.Tiff(BitDepth.EIGHT), Pictures.noise(1, 3, 400, 500));
    assertThat(probe.probe("x", new ByteArrayInputStream(tiff)).width()).isEqualTo(500);
    byte[] late = minimalTiff(700, 700, 6);
    assertThat(probe.probe("x", new ByteArrayInputStream(late)).orientation())
        .isEqualTo(Orientation.ROTATE_90);
  }

  /** Grey, 8 bits, uncompressed, its directory behind the pixels. */
  private static byte[] minimalTiff(int width, int height, int orientation) {
    int[][] fields = {
      {256, width},
      {257, height},
      {258, 8},
      {259, 1},
      {262, 1},
      {273, 8},
      {274, orientation},
      {277, 1},
      {278, height},
      {279, width * height}
    };
    int directory = 8 + width * height + width * height % 2;
    ByteBuffer out =
        ByteBuffer.allocate(directory + 2 + 12 * fields.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 42, 0}).putInt(directory);
    for (int i = 0; i < width * height; i++) {
      out.put((byte) i);
    }
    out.position(directory).putShort((short) fields.length);
    for (int[] field : fields) {
      out.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[1]);
    }
    return out.putInt(0).array();
  }

  /** Appends an EXIF chunk and announces it in the VP8X chunk that the file has. */
  private static byte[] withWebpExif(byte[] webp, byte[] exif) {
    assertThat(new String(webp, 12, 4, StandardCharsets.US_ASCII)).isEqualTo("VP8X");
    ByteBuffer out =
        ByteBuffer.allocate(webp.length + 8 + exif.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(webp).put("EXIF".getBytes(StandardCharsets.US_ASCII)).putInt(exif.length).put(exif);
    out.putInt(4, out.capacity() - 8);
    out.put(20, (byte) (out.get(20) | 0x08));
    return out.array();
  }
}
