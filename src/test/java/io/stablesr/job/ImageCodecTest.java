package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.EncodedImage;
import io.stablesr.image.ImageFormat;
import io.stablesr.image.StripWriter;
import io.stablesr.image.TorchResize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job's output settings do to a photograph with metadata and to one with a profile. */
class ImageCodecTest {
  private static final Map<String, String> TEXT = Map.of("StableSR", "seed=7");

  @ParameterizedTest
  @CsvSource({"png,auto,8", "png,8,8", "png,16,16", "tiff,auto,8", "tiff,16,16", "jpeg,16,8"})
  void theDepthIsTheSourcesUnlessASettingSaysOtherwise(String format, String bits, int expected)
      throws IOException {
    ImageCodec codec = codec("output.format", format, "output.bits", bits);
    DecodedImage source = codec.decode("x", resource("/jpeg/gray-sample.jpg"));
    byte[] file = codec.encode(source.rgb(), source, TEXT).bytes();
    assertThat(codec.decode("y", file).source().bitsPerChannel()).isEqualTo(expected);
  }

  @Test
  void sixteenBitsStaySixteen() throws IOException {
    ImageCodec codec = codec();
    DecodedImage source = codec.decode("x", resource("/tiff/depth/flower-rgb-contig-16.tif"));
    byte[] file = codec.encode(source.rgb(), source, TEXT).bytes();
    assertThat(codec.decode("y", file).rgb().data()).isEqualTo(source.rgb().data());
  }

  @Test
  void metadataAreKeptOrStripped() throws IOException {
    byte[] photo = resource("/exif/Landscape_6.jpg");
    ImageCodec keeping = codec();
    DecodedImage source = keeping.decode("x", photo);
    FloatTensor small = TorchResize.area(source.rgb(), 20, 30);
    EncodedImage kept = keeping.encode(small, source, TEXT);
    assertThat(kept.warnings()).isEmpty();
    assertThat(keeping.decode("y", kept.bytes()).metadata().isEmpty()).isFalse();
    ImageCodec stripping = codec("output.metadata", "strip", "output.format", "jpeg");
    byte[] stripped = stripping.encode(small, source, Map.of()).bytes();
    assertThat(stripping.decode("y", stripped).metadata().isEmpty()).isTrue();
  }

  @Test
  void theProfileIsKeptOrReplacedBySrgb() throws IOException {
    byte[] photo = resource("/webp/photo-iccp-adobergb.webp");
    DecodedImage source = codec().decode("x", photo);
    byte[] kept = codec().encode(source.rgb(), source, TEXT).bytes();
    assertThat(codec().decode("y", kept).source().iccProfile())
        .isEqualTo(source.source().iccProfile());
    byte[] srgb = codec("output.icc", "srgb").encode(source.rgb(), source, TEXT).bytes();
    DecodedImage again = codec().decode("y", srgb);
    assertThat(again.source().iccProfile()).isNotEqualTo(source.source().iccProfile());
    for (int i = 0; i < source.rgb().size(); i += 97) {
      assertThat(again.rgb().data()[i] - source.rgb().data()[i]).isBetween(-0.002f, 0.002f);
    }
  }

  @ParameterizedTest
  @CsvSource({"deflate,8", "none,1"})
  void tiffIsCompressedAsAsked(String compression, int tagValue) throws IOException {
    ImageCodec codec = codec("output.format", "tiff", "output.tiff-compression", compression);
    DecodedImage source = codec.decode("x", resource("/webp/1.webp"));
    byte[] file = codec.encode(source.rgb(), source, TEXT).bytes();
    // The entry of tag 259: a SHORT, one of it, its value.
    byte[] entry = {3, 1, 3, 0, 1, 0, 0, 0, (byte) tagValue, 0};
    assertThat(indexOf(file, entry)).isPositive();
    assertThat(codec.decode("y", file).source().format()).isEqualTo(ImageFormat.TIFF);
  }

  @Test
  void aResultThatTheFormatCannotHoldIsRefusedBeforeItIsComputed() throws IOException {
    DecodedImage source = codec().decode("x", resource("/jpeg/jfif-16bit-dqt.jpg"));
    assertThat(source.width()).isEqualTo(204);
    ImageCodec jpeg = codec("output.format", "jpeg");
    jpeg.requireFits(source, 150);
    assertThatThrownBy(() -> jpeg.requireFits(source, 400))
        .hasMessage(
            "Cannot write 81600x52400 pixels as jpeg: a side holds at most 65500; set output.format to png or tiff.")
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_TOO_LARGE);
    DecodedImage large = codec().decode("x", resource("/jpeg/no-jfif-ycbcr.jpg"));
    assertThatThrownBy(() -> jpeg.requireFits(large, 120))
        .hasMessage(
            "Cannot write 37200x24720 pixels as jpeg: the codec takes at most 715827877 pixels; set output.format to png or tiff.");
    codec("output.format", "png").requireFits(source, 1e9);
    codec("output.format", "tiff").requireFits(source, 1e9);
  }

  @Test
  void stripsGiveTheSameFileAsAWholePicture() throws IOException {
    ImageCodec codec = codec();
    DecodedImage source = codec.decode("x", resource("/webp/1_webp_a.webp"));
    assertThat(source.alpha()).isPresent();
    FloatTensor image = TorchResize.bicubic(source.rgb(), 90, 100);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (StripWriter writer = codec.open(source, 100, 90, TEXT, out)) {
      for (int y = 0; y < 90; y += 40) {
        writer.write(rows(image, y, Math.min(40, 90 - y)));
      }
      assertThat(writer.finish()).isEqualTo(List.of());
    }
    assertThat(out.toByteArray()).isEqualTo(codec.encode(image, source, TEXT).bytes());
  }

  @Test
  void aProbeCountsPixelsFromTheHeader() throws IOException {
    byte[] photo = resource("/exif/Portrait_5.jpg");
    ImageCodec codec = codec();
    DecodedImage source = codec.decode("x", photo);
    long pixels = (long) source.width() * source.height();
    assertThat(
            codec.probePixels(
                "x",
                (position, buffer, offset, length) -> {
                  int count = (int) Math.min(length, photo.length - position);
                  System.arraycopy(photo, (int) position, buffer, offset, Math.max(count, 0));
                  return count;
                }))
        .isEqualTo(pixels);
  }

  private static FloatTensor rows(FloatTensor image, int first, int count) {
    int width = image.dim(2);
    FloatTensor strip = FloatTensor.zeros(3, count, width);
    for (int c = 0; c < 3; c++) {
      System.arraycopy(
          image.data(),
          (c * image.dim(1) + first) * width,
          strip.data(),
          c * count * width,
          count * width);
    }
    return strip;
  }

  private static ImageCodec codec(String... settings) {
    Config config =
        ConfigFactory.parseResources(ImageCodecTest.class.getClassLoader(), "reference.conf")
            .getConfig("stablesr");
    for (int i = 0; i < settings.length; i += 2) {
      config = ConfigFactory.parseMap(Map.of(settings[i], settings[i + 1])).withFallback(config);
    }
    return new ImageCodec(SettingsReader.job(config));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ImageCodecTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
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
