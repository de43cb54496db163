package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the bytes are, the answer is a picture or a {@link StableSrException}. */
class DecodeFailureTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  @Test
  void anEmptyFileIsNamed() {
    assertThatThrownBy(() -> decoder.decode("a/b.png", new byte[0]))
        .isInstanceOf(StableSrException.class)
        .hasMessage("Cannot decode a/b.png: the file is empty.");
  }

  @Test
  void aTextFileIsNotAnImage() {
    byte[] text = "hello, world".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> decoder.decode("a.jpg", text))
        .hasMessage("Cannot decode a.jpg: it is not a JPEG, PNG, WebP, TIFF, BMP or GIF file.")
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_DECODE);
  }

  @ParameterizedTest
  @CsvSource({"avif,AVIF", "avis,AVIF", "heic,HEIC", "mif1,HEIC", "isom,video or ISO media"})
  void isoMediaFilesAreKnownButUnsupported(String brand, String name) {
    byte[] file = ("\0\0\0\u0018ftyp" + brand + "\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> decoder.decode("x", file))
        .hasMessage(
            "Cannot decode x: it is a %s file; convert it to PNG, TIFF, WebP or JPEG first.", name)
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_UNSUPPORTED);
  }

  @Test
  void jpegXlIsKnownButUnsupported() {
    assertThatThrownBy(() -> decoder.decode("x", new byte[] {(byte) 0xff, 0x0a, 0, 0}))
        .hasMessageContaining("it is a JPEG XL file")
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_UNSUPPORTED);
  }

  @Test
  void aPixelBombIsRefusedByItsHeader() {
    byte[] bomb = SampleFiles.png(60000, 60000, 8, 2, new byte[1000]);
    String message =
        "Cannot decode bomb: 60000x60000 is 3600000000 pixels, more than the limit of 200000000;"
            + " raise the limit or split the image.";
    assertThatThrownBy(() -> decoder.decode("bomb", bomb))
        .hasMessage(message)
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_TOO_LARGE);
    assertThatThrownBy(() -> new ImageProbe(DecodeLimits.defaults()).probe("bomb", bomb))
        .hasMessage(message);
  }

  @Test
  void theLimitIsInclusive() {
    byte[] png =
        SampleFiles.encode(new OutputFormat.Png(BitDepth.EIGHT), Pictures.gradient(10, 10));
    assertThat(new ImageDecoder(new DecodeLimits(100)).decode("x", png).width()).isEqualTo(10);
    assertThatThrownBy(() -> new ImageDecoder(new DecodeLimits(99)).decode("x", png))
        .hasMessageContaining("10x10 is 100 pixels, more than the limit of 99");
  }

  @Test
  void limitsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> new DecodeLimits(0))
        .hasMessage("maxPixels must be 1..700000000, got 0");
  }

  @Test
  void truncatedFilesAreNeverHalfAPicture() {
    for (byte[] file : files()) {
      for (double part : new double[] {0.02, 0.3, 0.6, 0.9}) {
        byte[] cut = Arrays.copyOf(file, (int) (file.length * part));
        StableSrException failure =
            catchThrowableOfType(StableSrException.class, () -> decoder.decode("cut", cut));
        assertThat(failure)
            .as("first %s of a file starting with %s", part, (char) file[1])
            .isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.IMAGE_DECODE);
        assertThat(failure).hasMessageStartingWith("Cannot decode cut: ");
      }
    }
  }

  @Test
  void damagedFilesGiveAPictureOrAStableSrException() {
    Random random = new Random(11);
    List<Throwable> unexpected = new ArrayList<>();
    for (byte[] file : files()) {
      for (int round = 0; round < 20; round++) {
        byte[] damaged = file.clone();
        for (int i = 0; i < 1 + round / 4; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        try {
          new ImageDecoder(new DecodeLimits(4_000_000)).decode("damaged", damaged);
        } catch (StableSrException e) {
          assertThat(e.getMessage()).startsWith("Cannot decode damaged: ").endsWith(".");
        } catch (RuntimeException | Error e) {
          unexpected.add(e);
        }
      }
    }
    assertThat(unexpected).isEmpty();
  }

  @Test
  void aHugeCompressedProfileIsNotInflated() {
    byte[] png =
        SampleFiles.png(
            1, 1, 8, 2, new byte[] {0, 1, 2, 3}, SampleFiles.iccChunk(new byte[40 << 20]));
    assertThat(decoder.decode("x", png).source().iccProfile()).isEmpty();
  }

  @Test
  void aBrokenStreamIsAnInputFailure() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("connection reset");
          }
        };
    assertThatThrownBy(() -> decoder.decode("s3a://b/k", broken))
        .hasMessage("Cannot read s3a://b/k: connection reset.")
        .extracting("code")
        .isEqualTo(ErrorCode.INPUT_NOT_FOUND);
  }

  private static List<byte[]> files() {
    FloatTensor picture = Pictures.noise(1, 3, 40, 60);
    return List.of(
        SampleFiles.encode(new OutputFormat.Png(BitDepth.EIGHT), picture),
        SampleFiles.encode(new OutputFormat.Jpeg(90), picture),
        SampleFiles.encode(new OutputFormat.Tiff(BitDepth.SIXTEEN), picture),
        SampleFiles.imageIo(SampleFiles.bgr(picture), "bmp"),
        SampleFiles.webp("1.webp"),
        SampleFiles.webp("2_webp_ll.webp"));
  }
}
