package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small files that claim to be large: refused before memory is taken for what they claim. */
class BombTest {
  private static final long REFUSAL_BYTES = 4 << 20;

  private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(50_000_000));
  private final ImageProbe probe = new ImageProbe(new DecodeLimits(50_000_000));

  @ParameterizedTest
  @CsvSource({
    "png,60000x60000 is 3600000000",
    "jpeg,65535x65535 is 4294836225",
    "webp,16384x16384 is 268435456",
    "webp-lossless,16384x16384 is 268435456",
    "tiff,70000x70000 is 4900000000",
    "bigtiff,2147483647x2147483647 is 4611686014132420609",
    "bmp,60000x60000 is 3600000000",
    "gif,65535x65535 is 4294836225"
  })
  void hugeSizesAreRefusedByTheHeader(String kind, String size) {
    byte[] bomb = bomb(kind);
    assertThat(bomb.length).isLessThan(2000);
    String message =
        "Cannot decode bomb: %s pixels, more than the limit of 50000000; raise the limit or split the image."
            .formatted(size);
    long before = allocated();
    StableSrException failure =
        catchThrowableOfType(StableSrException.class, () -> decoder.decode("bomb", bomb));
    assertThat(allocated() - before).isLessThan(REFUSAL_BYTES);
    assertThat(failure).hasMessage(message);
    assertThat(failure.code()).isEqualTo(ErrorCode.IMAGE_TOO_LARGE);
    assertThatThrownBy(() -> probe.probe("bomb", new ByteArrayInputStream(bomb)))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"1,100000", "100000,1", "2,300"})
  void linesAreRefused(int width, int height) {
    byte[] line = SampleFiles.png(width, height, 8, 0, new byte[height * (width + 1)]);
    int ratio = Math.max(width, height) / Math.min(width, height);
    String message =
        "Cannot decode x: of %dx%d pixels one side is %d times the other, more than the limit of 100; raise the limit or split the image."
            .formatted(width, height, ratio);
    assertThatThrownBy(() -> decoder.decode("x", line))
        .hasMessage(message)
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_TOO_LARGE);
    assertThatThrownBy(() -> probe.probe("x", line)).hasMessage(message);
    DecodeLimits wide = new DecodeLimits(50_000_000, 100_000);
    assertThat(new ImageDecoder(wide).decode("x", line).width()).isEqualTo(width);
  }

  @Test
  void pixelsBeyondThePictureAreNotInflated() {
    byte[] bomb = SampleFiles.png(100, 100, 8, 0, new byte[64 << 20]);
    assertThat(bomb.length).isLessThan(100_000);
    long before = allocated();
    assertThat(decoder.decode("x", bomb).width()).isEqualTo(100);
    assertThat(allocated() - before).isLessThan(REFUSAL_BYTES);
  }

  @ParameterizedTest
  @CsvSource({
    "zTXt,Comment",
    "zTXt,Raw profile type iptc",
    "iTXt,Comment",
    "iTXt,XML:com.adobe.xmp"
  })
  void compressedTextsAreBounded(String type, String key) {
    byte[] text = SampleFiles.deflate(new byte[64 << 20]);
    byte[] middle = type.equals("zTXt") ? new byte[2] : new byte[] {0, 1, 0, 0, 0};
    byte[] payload = MetadataSamples.join(key.getBytes(StandardCharsets.ISO_8859_1), middle, text);
    byte[] chunk = SampleFiles.chunk(type, payload);
    byte[] bomb =
        SampleFiles.png(1, 1, 8, 0, new byte[] {0, 7}, chunk, chunk, chunk, chunk, chunk, chunk);
    long before = allocated();
    DecodedImage image = decoder.decode("x", bomb);
    // At most 16 MiB are inflated of each, twice while they are put together.
    assertThat(allocated() - before).isLessThan(6L * (48 << 20));
    assertThat(image.metadata().isEmpty()).isTrue();
    assertThat(image.warnings())
        .extracting(ImageWarning::code)
        .containsOnly(ImageWarning.Code.METADATA_DAMAGED);
  }

  @Test
  void aCyclicChainOfDirectoriesIsRefused() {
    assertThatThrownBy(() -> decoder.decode("x", MetadataSamples.cyclicTiff()))
        .hasMessage(
            "Cannot decode x: the file is damaged or truncated (its chain of directories comes back to itself).")
        .extracting("code")
        .isEqualTo(ErrorCode.IMAGE_DECODE);
  }

  @ParameterizedTest
  @CsvSource({"34665", "34853", "330"})
  void aDirectoryBelowItselfIsNotFollowedForever(int pointer) {
    byte[] tiff =
        tiff(new int[][] {{256, 1}, {257, 1}, {258, 8}, {262, 1}, {273, 0}, {pointer, 8}});
    assertThat(decoder.decode("x", tiff).width()).isOne();
    byte[] block = tiff(new int[][] {{0x10f, 7}, {pointer, 8}});
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(90), Pictures.gradient(8, 8));
    byte[] tagged = SampleFiles.withJpegSegment(jpeg, 0xe1, "Exif\0\0", block);
    assertThat(decoder.decode("x", tagged).width()).isEqualTo(8);
  }

  @Test
  void aFieldThatIsLongerThanTheFileIsRefused() {
    byte[] tiff = tiff(new int[][] {{256, 10}, {257, 10}, {258, 8}, {262, 1}, {273, 0}});
    ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN).putInt(10 + 4 * 12 + 4, 1 << 30);
    long before = allocated();
    assertThatThrownBy(() -> decoder.decode("x", tiff))
        .hasMessage(
            "Cannot decode x: the file is damaged or truncated (field 273 claims 1073741824 values, more than the file can hold).");
    assertThat(allocated() - before).isLessThan(REFUSAL_BYTES);
  }

  @Test
  void aHugeTileIsRefused() {
    byte[] tiff = tiff(new int[][] {{256, 9}, {257, 9}, {258, 8}, {262, 1}, {322, 1 << 30}});
    assertThatThrownBy(() -> decoder.decode("x", tiff))
        .hasMessage(
            "Cannot decode x: the file is damaged or truncated (a tile has a side of 1073741824 pixels, more than the limit of 65536).");
  }

  @Test
  void fieldsThatShareTheirBytesAreBounded() {
    // 4000 fields of one mebibyte each, all of them the same bytes.
    ByteBuffer block = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    block.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) 4000);
    for (int i = 0; i < 4000; i++) {
      block.putShort((short) (0x1000 + i)).putShort((short) 7).putInt((1 << 20) - 8).putInt(8);
    }
    byte[] chunk = SampleFiles.chunk("eXIf", block.array());
    byte[] png = SampleFiles.png(1, 1, 8, 0, new byte[] {0, 7}, chunk);
    long before = allocated();
    DecodedImage image = decoder.decode("x", png);
    assertThat(allocated() - before).isLessThan(40 << 20);
    assertThat(image.warnings())
        .containsExactly(
            new ImageWarning(
                ImageWarning.Code.METADATA_DAMAGED,
                "Part of the EXIF metadata was left out: 3984 fields cannot be read."));
  }

  @Test
  void manyCompressedChunksAreInflatedUpToALimit() {
    byte[] payload =
        MetadataSamples.join(
            "Raw profile type iptc\0\0".getBytes(StandardCharsets.ISO_8859_1),
            SampleFiles.deflate(new byte[15 << 20]));
    byte[][] chunks = new byte[50][];
    Arrays.fill(chunks, SampleFiles.chunk("zTXt", payload));
    byte[] png = SampleFiles.png(1, 1, 8, 0, new byte[] {0, 7}, chunks);
    long before = allocated();
    assertThat(decoder.decode("x", png).warnings()).hasSize(1);
    // Five of them, each held twice and a half while it is put together and looked at.
    assertThat(allocated() - before).isLessThan(400 << 20);
  }

  @Test
  void wideSamplesDoNotMultiplyTheLimit() {
    ImageDecoder small = new ImageDecoder(new DecodeLimits(70_000));
    try (InputStream in = BombTest.class.getResourceAsStream("/tiff/floatingpoint-32bit.tif")) {
      byte[] file = in.readAllBytes();
      assertThat(small.decode("x", file).width()).isEqualTo(300);
      ImageDecoder smaller = new ImageDecoder(new DecodeLimits(40_000));
      assertThatThrownBy(() -> smaller.decode("x", file))
          .hasMessageStartingWith(
              "Cannot decode x: its 300x100 pixels of 12 bytes are 360000 bytes")
          .extracting("code")
          .isEqualTo(ErrorCode.IMAGE_TOO_LARGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aProbeReadsABoundedNumberOfBytes() {
    // A JPEG file without an end of segments, and a PNG file whose first chunk spans gigabytes.
    byte[] segment = new byte[65537];
    System.arraycopy(
        new byte[] {(byte) 0xff, (byte) 0xec, (byte) 0xff, (byte) 0xff}, 0, segment, 0, 4);
    AtomicLong read = new AtomicLong();
    PositionedReader endless =
        (position, buffer, offset, length) -> {
          for (int i = 0; i < length; i++) {
            long at = position + i;
            buffer[offset + i] =
                at < 2
                    ? (byte) (at == 0 ? 0xff : 0xd8)
                    : segment[(int) ((at - 2) % segment.length)];
          }
          read.addAndGet(length);
          return length;
        };
    assertThatThrownBy(() -> probe.probe("x", endless))
        .hasMessage(
            "Cannot decode x: the file is damaged or truncated (its header is spread over more than 64 parts of the file).");
    assertThat(read.get()).isLessThanOrEqualTo(64 * FileWindow.PART_BYTES);
  }

  @Test
  void aProbeReadsOnlyTheDirectoryAtTheEndOfATiff() {
    int[][] fields = {{256, 300}, {257, 200}, {274, 6}};
    byte[] directory = Arrays.copyOfRange(tiff(fields), 8, 8 + 2 + 3 * 12 + 4);
    long directoryAt = 3_000_000_000L;
    byte[] start = {'I', 'I', 42, 0, 0, 0x5e, (byte) 0xd0, (byte) 0xb2};
    AtomicLong read = new AtomicLong();
    PositionedReader large =
        (position, buffer, offset, length) -> {
          int count = (int) Math.min(length, directoryAt + directory.length - position);
          for (int i = 0; i < count; i++) {
            long at = position + i;
            buffer[offset + i] =
                at < 8
                    ? start[(int) at]
                    : at < directoryAt ? 0 : directory[(int) (at - directoryAt)];
          }
          read.addAndGet(Math.max(count, 0));
          return count <= 0 ? -1 : count;
        };
    assertThat(probe.probe("x", large))
        .isEqualTo(new ImageHeader(ImageFormat.TIFF, 200, 300, Orientation.ROTATE_90));
    assertThat(read.get()).isLessThan(2L * FileWindow.PART_BYTES);
  }

  private static byte[] bomb(String kind) {
    return switch (kind) {
      case "png" -> SampleFiles.png(60000, 60000, 8, 2, new byte[1000]);
      case "jpeg" -> {
        byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(90), Pictures.gradient(8, 8));
        int frame = 2;
        while ((jpeg[frame + 1] & 0xff) != 0xc0) {
          frame += 2 + ((jpeg[frame + 2] & 0xff) << 8 | (jpeg[frame + 3] & 0xff));
        }
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xff);
        yield jpeg;
      }
      case "webp" ->
          webp("VP8X", new byte[] {0, 0, 0, 0, (byte) 0xff, 0x3f, 0, (byte) 0xff, 0x3f, 0});
      case "webp-lossless" ->
          webp(
              "VP8L",
              new byte[] {0x2f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0, 0, 0, 0, 0});
      case "tiff" -> tiff(new int[][] {{256, 70000}, {257, 70000}, {258, 8}, {262, 1}, {273, 8}});
      case "bigtiff" -> bigTiff();
      case "bmp" ->
          ByteBuffer.allocate(54)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(new byte[] {'B', 'M'})
              .putInt(2, 54)
              .putInt(10, 54)
              .putInt(14, 40)
              .putInt(18, 60000)
              .putInt(22, -60000)
              .putShort(26, (short) 1)
              .putShort(28, (short) 24)
              .array();
      case "gif" -> {
        byte[] gif =
            "GIF89a\1\0\1\0\0\0\0,\0\0\0\0....\0\2\0;".getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(gif, 18, 22, (byte) 0xff);
        yield gif;
      }
      default -> throw new AssertionError(kind);
    };
  }

  private static byte[] webp(String chunk, byte[] payload) {
    return ByteBuffer.allocate(20 + payload.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(12 + payload.length)
        .put(("WEBP" + chunk).getBytes(StandardCharsets.US_ASCII))
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  /** One directory of 32-bit numbers at offset 8. */
  private static byte[] tiff(int[][] fields) {
    ByteBuffer out =
        ByteBuffer.allocate(8 + 2 + 12 * fields.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) fields.length);
    for (int[] field : fields) {
      out.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[1]);
    }
    return out.putInt(0).array();
  }

  private static byte[] bigTiff() {
    ByteBuffer out = ByteBuffer.allocate(16 + 8 + 2 * 20 + 8).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 43, 0, 8, 0, 0, 0}).putLong(16).putLong(2);
    for (int tag = 256; tag <= 257; tag++) {
      out.putShort((short) tag).putShort((short) 16).putLong(1).putLong(1L << 60);
    }
    return out.putLong(0).array();
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
