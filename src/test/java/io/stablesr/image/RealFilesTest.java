package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Photographs from published test jars: orientation, profiles, animations. */
class RealFilesTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  /** The same scene in nine files: without an orientation, and with each of the eight. */
  @ParameterizedTest
  @ValueSource(strings = {"Portrait", "Landscape"})
  void allOrientationsShowTheSameUprightScene(String kind) throws IOException {
    FloatTensor upright = small(decode("/exif/%s_1.jpg".formatted(kind)).rgb());
    for (int orientation = 0; orientation <= 8; orientation++) {
      DecodedImage photo = decode("/exif/%s_%d.jpg".formatted(kind, orientation));
      assertThat(photo.width() > photo.height()).isEqualTo(kind.equals("Landscape"));
      assertThat(photo.source().orientation().exif()).isEqualTo(Math.max(orientation, 1));
      FloatTensor scene = small(photo.rgb());
      assertThat(Pictures.meanDifference(scene, upright)).as("%s", orientation).isLessThan(0.02);
      // The measure tells turned scenes apart.
      FloatTensor turned = reversed(scene);
      assertThat(Pictures.meanDifference(turned, upright)).isGreaterThan(0.08);

      byte[] result = Results.encode(photo, scene, new OutputFormat.Jpeg(95));
      DecodedImage again = decoder.decode("again", result);
      assertThat(again.source().orientation()).isEqualTo(Orientation.NORMAL);
      assertThat(Pictures.meanDifference(again.rgb(), scene)).isLessThan(0.02);
    }
  }

  @Test
  void aGreyProfileOnAColourPictureIsIgnoredAndNamed() throws IOException {
    DecodedImage image = decode("/webp/incompatible-icc-gray.webp");
    assertThat(image.warnings())
        .extracting(ImageWarning::code)
        .containsExactly(ImageWarning.Code.PROFILE_IGNORED);
    assertThat(image.resultProfile(ProfilePolicy.KEEP)).contains(IccProfile.srgb());
  }

  @ParameterizedTest
  @CsvSource({
    "/webp/animated-webp-supported.webp,animated with 12 frames",
    "/tiff/fivepages-scan-causingerrors.tif,a document of 5 pages"
  })
  void ofSeveralPicturesTheFirstIsTaken(String file, String what) throws IOException {
    assertThat(decode(file).warnings())
        .contains(
            new ImageWarning(
                ImageWarning.Code.FIRST_FRAME_ONLY,
                "The file is %s; only its first picture was taken.".formatted(what)));
  }

  @Test
  void ofAnAnimatedPngTheFirstPictureIsTaken() {
    byte[] control = ByteBuffer.allocate(8).putInt(12).putInt(0).array();
    byte[] png =
        SampleFiles.png(1, 1, 8, 0, new byte[] {0, 77}, SampleFiles.chunk("acTL", control));
    DecodedImage image = decoder.decode("x", png);
    assertThat(image.rgb().data()[0]).isEqualTo(77 / 255f);
    assertThat(image.warnings())
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.FIRST_FRAME_ONLY,
                "The file is animated with 12 frames; only its first picture was taken."));
  }

  @Test
  void ofAnAnimatedGifTheFirstFrameIsTaken() throws IOException {
    DecodedImage image = decoder.decode("x", gif(3));
    assertThat(image.source().format()).isEqualTo(ImageFormat.GIF);
    assertThat(image.width()).isEqualTo(20);
    assertThat(image.rgb().data()[0]).isZero();
    assertThat(image.warnings())
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.FIRST_FRAME_ONLY,
                "The file is animated; only its first picture was taken."));
    assertThat(decoder.decode("x", gif(1)).warnings()).isEmpty();
  }

  private static byte[] gif(int frames) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < frames; i++) {
        BufferedImage frame = new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_INDEXED);
        frame.setRGB(0, 0, i == 0 ? 0 : 0xffffff);
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** Small enough that the noise of the codec does not matter. */
  private static FloatTensor small(FloatTensor rgb) {
    boolean wide = rgb.dim(2) > rgb.dim(1);
    return TorchResize.area(rgb, wide ? 45 : 60, wide ? 60 : 45);
  }

  private static FloatTensor reversed(FloatTensor rgb) {
    FloatTensor result = FloatTensor.zeros(rgb.shape());
    int plane = rgb.dim(1) * rgb.dim(2);
    for (int i = 0; i < rgb.size(); i++) {
      result.data()[i / plane * plane + plane - 1 - i % plane] = rgb.data()[i];
    }
    return result;
  }

  private DecodedImage decode(String resource) throws IOException {
    try (InputStream in = RealFilesTest.class.getResourceAsStream(resource)) {
      return decoder.decode(resource, in.readAllBytes());
    }
  }
}
