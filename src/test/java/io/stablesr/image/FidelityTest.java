package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.exif.ExifThumbnailDirectory;
import com.drew.metadata.exif.GpsDirectory;
import com.drew.metadata.icc.IccDirectory;
import com.drew.metadata.iptc.IptcDirectory;
import com.drew.metadata.xmp.XmpDirectory;
import io.stablesr.core.FloatTensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a source says beside its pixels, read back from results by another library. */
class FidelityTest {
  private static final Map<String, String> OWN =
      Map.of("Software", "stablesr", "StableSR", "seed=1");

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  static Stream<OutputFormat> formats() {
    return Stream.of(
        new OutputFormat.Png(BitDepth.EIGHT),
        new OutputFormat.Jpeg(90),
        new OutputFormat.Tiff(BitDepth.EIGHT),
        new OutputFormat.Tiff(BitDepth.SIXTEEN, TiffCompression.NONE));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void exifSurvivesWithSizeAndOrientationOfTheResult(OutputFormat format) throws Exception {
    DecodedImage source = decode(MetadataSamples.jpeg(6));
    assertThat(source.width()).isEqualTo(16);
    assertThat(source.warnings()).isEmpty();
    Metadata metadata = metadata(enlarge(source, format, new ArrayList<>()));

    ExifIFD0Directory main = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
    assertThat(main.getString(ExifIFD0Directory.TAG_MAKE)).isEqualTo("Kamerawerk");
    assertThat(main.getInteger(ExifIFD0Directory.TAG_ORIENTATION)).isOne();
    assertThat(main.getString(ExifIFD0Directory.TAG_SOFTWARE)).isEqualTo("stablesr");
    assertThat(main.getRational(ExifIFD0Directory.TAG_X_RESOLUTION).doubleValue()).isEqualTo(300);
    ExifSubIFDDirectory exif = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
    assertThat(exif.getInteger(ExifSubIFDDirectory.TAG_EXIF_IMAGE_WIDTH)).isEqualTo(32);
    assertThat(exif.getInteger(ExifSubIFDDirectory.TAG_EXIF_IMAGE_HEIGHT)).isEqualTo(48);
    assertThat(exif.getRational(ExifSubIFDDirectory.TAG_EXPOSURE_TIME).toString())
        .isEqualTo("1/250");
    assertThat(exif.getByteArray(ExifSubIFDDirectory.TAG_MAKERNOTE))
        .isEqualTo(MetadataSamples.MAKER_NOTE);
    GpsDirectory gps = metadata.getFirstDirectoryOfType(GpsDirectory.class);
    assertThat(gps.getString(GpsDirectory.TAG_LATITUDE_REF)).isEqualTo("N");
    assertThat(metadata.getFirstDirectoryOfType(ExifThumbnailDirectory.class)).isNull();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void xmpAndIptcSurvive(OutputFormat format) throws Exception {
    byte[] result = enlarge(decode(MetadataSamples.jpeg(6)), format, new ArrayList<>());
    DecodedImage again = decode(result);
    String xmp = new String(again.metadata().xmp().orElseThrow(), StandardCharsets.UTF_8);
    assertThat(xmp)
        .contains("<dc:title>Gr\u00fc\u00dfe</dc:title>")
        .contains("tiff:ImageWidth=\"32\"")
        .contains("<exif:PixelYDimension>48</exif:PixelYDimension>")
        .contains("tiff:Orientation=\"1\"")
        .doesNotContain("Thumbnails")
        .doesNotContain("CroppedAreaImageWidthPixels");
    assertThat(again.metadata().iptc().orElseThrow()).isEqualTo(MetadataSamples.IPTC);
    Metadata metadata = metadata(result);
    assertThat(metadata.getDirectoriesOfType(XmpDirectory.class)).hasSize(1);
    IptcDirectory iptc = metadata.getFirstDirectoryOfType(IptcDirectory.class);
    assertThat(iptc.getString(IptcDirectory.TAG_CAPTION)).isEqualTo("A bridge");
  }

  @Test
  void theMakerNoteStaysAtItsOffset() throws IOException {
    byte[] block = MetadataSamples.exif(1);
    byte[] updated = ExifBlock.read(block).forResult(9, 9, Optional.of("x")).bytes();
    int at = indexOf(block, MetadataSamples.MAKER_NOTE);
    assertThat(at).isPositive();
    assertThat(indexOf(updated, MetadataSamples.MAKER_NOTE)).isEqualTo(at);
  }

  @Test
  void theCommentOfAJpegAndTheTextsOfAPngSurviveWhereTheyCan() throws Exception {
    byte[] png =
        SampleFiles.png(
            2,
            1,
            8,
            0,
            new byte[] {0, 1, 2},
            SampleFiles.chunk("tEXt", "Author\0A. Person".getBytes(StandardCharsets.ISO_8859_1)),
            SampleFiles.chunk("tEXt", "Software\0other".getBytes(StandardCharsets.ISO_8859_1)));
    DecodedImage source = decode(png);
    DecodedImage kept =
        decode(encode(source, new OutputFormat.Png(BitDepth.EIGHT), new ArrayList<>()));
    assertThat(kept.metadata().texts())
        .containsEntry("Author", "A. Person")
        .containsEntry("Software", "stablesr");
    List<ImageWarning> warnings = new ArrayList<>();
    encode(source, new OutputFormat.Jpeg(90), warnings);
    assertThat(warnings)
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.METADATA_DROPPED,
                "The texts Author have no place in a JPEG file."));
    byte[] jpeg =
        SampleFiles.withJpegSegment(
            MetadataSamples.jpeg(1), 0xfe, "", "by hand".getBytes(StandardCharsets.UTF_8));
    for (OutputFormat format : formats().toList()) {
      byte[] result = encode(decode(jpeg), format, new ArrayList<>());
      assertThat(new String(result, StandardCharsets.ISO_8859_1)).contains("by hand");
      assertThat(new String(result, StandardCharsets.ISO_8859_1)).contains("seed=1");
    }
  }

  @Test
  void whatIsTooLongForAJpegSegmentIsLeftOutWithAWarning() throws Exception {
    byte[] xmp = MetadataSamples.xmp("x".repeat(70_000)).getBytes(StandardCharsets.UTF_8);
    byte[] chunk =
        MetadataSamples.join(
            "XML:com.adobe.xmp\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII), xmp);
    byte[] png = SampleFiles.png(1, 1, 8, 0, new byte[] {0, 1}, SampleFiles.chunk("iTXt", chunk));
    List<ImageWarning> warnings = new ArrayList<>();
    byte[] jpeg = encode(decode(png), new OutputFormat.Jpeg(90), warnings);
    assertThat(decode(jpeg).metadata().xmp()).isEmpty();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).message())
        .matches("The XMP metadata of \\d+ bytes were left out: a JPEG segment holds 65533\\.");
  }

  @Test
  void damagedMetadataAreLeftOutWithAWarning() throws Exception {
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(90), Pictures.gradient(8, 8));
    byte[] exif = MetadataSamples.exif(1);
    byte[] cut = Arrays.copyOf(exif, exif.length - 60);
    DecodedImage image = decode(SampleFiles.withJpegSegment(jpeg, 0xe1, "Exif\0\0", cut));
    assertThat(image.warnings())
        .extracting(ImageWarning::code)
        .containsExactly(ImageWarning.Code.METADATA_DAMAGED);
    assertThat(image.metadata().exif()).isPresent();

    byte[] bomb = "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>".getBytes(StandardCharsets.UTF_8);
    byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe1, "http://ns.adobe.com/xap/1.0/\0", bomb);
    List<ImageWarning> warnings = new ArrayList<>();
    byte[] result = encode(decode(tagged), new OutputFormat.Png(BitDepth.EIGHT), warnings);
    assertThat(warnings)
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.METADATA_DAMAGED,
                "The XMP metadata were left out: the XMP packet is damaged."));
    assertThat(decode(result).metadata().xmp()).isEmpty();
  }

  @Test
  void damagedMetadataNeverStopThePicture() {
    Random random = new Random(17);
    byte[] jpeg = MetadataSamples.jpeg(6);
    byte[] plain = SampleFiles.encode(new OutputFormat.Jpeg(95), Pictures.gradient(16, 24));
    int metadataEnd = 2 + jpeg.length - plain.length;
    List<Integer> payload = new ArrayList<>();
    for (int at = 2; at < metadataEnd; ) {
      int end = at + 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
      // Behind the marker and the length.
      for (int i = at + 4; i < end; i++) {
        payload.add(i);
      }
      at = end;
    }
    for (int round = 0; round < 200; round++) {
      byte[] damaged = jpeg.clone();
      for (int i = 0; i < 1 + round / 50; i++) {
        damaged[payload.get(random.nextInt(payload.size()))] = (byte) random.nextInt(256);
      }
      DecodedImage image = decode(damaged);
      for (OutputFormat format : formats().toList()) {
        assertThat(decode(encode(image, format, new ArrayList<>())).rgb().size())
            .isEqualTo(3 * 16 * 24);
      }
    }
  }

  @Test
  void theExifOfATiffSurvivesInATiff() throws Exception {
    byte[] tiff =
        enlarge(
            decode(MetadataSamples.jpeg(1)),
            new OutputFormat.Tiff(BitDepth.EIGHT),
            new ArrayList<>());
    Metadata metadata =
        metadata(enlarge(decode(tiff), new OutputFormat.Jpeg(80), new ArrayList<>()));
    ExifSubIFDDirectory exif = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
    assertThat(exif.getInteger(ExifSubIFDDirectory.TAG_EXIF_IMAGE_WIDTH)).isEqualTo(96);
    assertThat(exif.getRational(ExifSubIFDDirectory.TAG_EXPOSURE_TIME).toString())
        .isEqualTo("1/250");
    assertThat(metadata.getFirstDirectoryOfType(IccDirectory.class)).isNull();
  }

  private byte[] enlarge(DecodedImage source, OutputFormat format, List<ImageWarning> warnings) {
    FloatTensor image = TorchResize.nearest(source.rgb(), 2 * source.height(), 2 * source.width());
    return Results.encode(source, image, format, ProfilePolicy.KEEP, OWN, warnings);
  }

  private byte[] encode(DecodedImage source, OutputFormat format, List<ImageWarning> warnings) {
    return Results.encode(source, source.rgb(), format, ProfilePolicy.KEEP, OWN, warnings);
  }

  private DecodedImage decode(byte[] file) {
    return decoder.decode("sample", file);
  }

  private static Metadata metadata(byte[] file) throws ImageProcessingException, IOException {
    return ImageMetadataReader.readMetadata(new ByteArrayInputStream(file));
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
