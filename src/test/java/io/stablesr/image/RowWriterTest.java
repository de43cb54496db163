package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RowWriterTest {
  private static final PictureLayout SMALL = new PictureLayout(3, 2, 3, BitDepth.EIGHT);

  @TempDir private Path folder;

  static Stream<Arguments> layouts() {
    return Stream.of(BitDepth.values())
        .flatMap(
            depth ->
                Stream.of(
                    Arguments.of(new PictureLayout(1, 1, 1, depth)),
                    Arguments.of(new PictureLayout(37, 53, 1, depth)),
                    Arguments.of(new PictureLayout(37, 53, 2, depth)),
                    Arguments.of(new PictureLayout(301, 207, 3, depth)),
                    Arguments.of(new PictureLayout(300, 411, 4, depth)),
                    Arguments.of(new PictureLayout(1, 700, 3, depth))));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void theJdkReadsBackEverySampleOfAPng(PictureLayout layout) throws IOException {
    byte[][] rows = rows(layout, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RowWriter writer = new PngRowWriter(out, layout, List.of(PngChunk.srgb()), 4)) {
      write(writer, rows);
    }
    assertSamples(ImageIO.read(new ByteArrayInputStream(out.toByteArray())), layout, rows);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void twoReadersReadBackEverySampleOfATiff(PictureLayout layout) throws IOException {
    byte[][] rows = rows(layout, 2);
    for (TiffCompression compression : TiffCompression.values()) {
      byte[] file = tiff(layout, rows, compression, TiffRowWriter.CLASSIC_BYTES);
      assertSamples(twelveMonkeys(file), layout, rows);
      // The JDK's reader knows the predictor for 8 bits only.
      if (compression == TiffCompression.NONE || layout.depth() == BitDepth.EIGHT) {
        assertSamples(jdkTiff(file), layout, rows);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TiffCompression.class)
  void aFileBeyondTheLimitOfTiffIsBigTiff(TiffCompression compression) throws IOException {
    PictureLayout layout = new PictureLayout(200, 900, 4, BitDepth.SIXTEEN);
    byte[][] rows = rows(layout, 3);
    byte[] file = tiff(layout, rows, compression, 50_000);
    assertThat(file[2]).isEqualTo((byte) 43);
    assertThat(tiff(layout, rows, compression, 50_000_000)[2]).isEqualTo((byte) 42);
    assertSamples(twelveMonkeys(file), layout, rows);
    assertThat(new ImageProbe(DecodeLimits.defaults()).probe("big", file))
        .isEqualTo(new ImageHeader(ImageFormat.TIFF, 200, 900, Orientation.NORMAL));
  }

  /** Five gigabytes of the same rows: offsets beyond 32 bits are written and found again. */
  @Test
  void offsetsBeyondFourGigabytesAreRight() throws IOException {
    PictureLayout layout = new PictureLayout(50_000, 34_000, 3, BitDepth.EIGHT);
    byte[] row = new byte[layout.bytesPerRow()];
    LastBytes out = new LastBytes();
    try (RowWriter writer =
        new TiffRowWriter(
            out,
            layout,
            new TiffDirectory(),
            TiffRowWriter.Options.of(TiffCompression.NONE, folder))) {
      for (int y = 0; y < layout.height(); y++) {
        writer.writeRow(row);
      }
      writer.finish();
    }
    assertThat(out.count).isGreaterThan(5_000_000_000L);
    byte[] beginning = out.beginning.toByteArray();
    TiffReader reader = new TiffReader(FileWindow.of(beginning));
    TiffReader.Directory directory = reader.directory(reader.first());
    TiffReader.Entry offsets = entry(directory, 273);
    TiffReader.Entry lengths = entry(directory, 279);
    ByteBuffer starts = values(reader, offsets);
    ByteBuffer counts = values(reader, lengths);
    int last = (int) offsets.count() - 1;
    assertThat(starts.getLong(8 * last) + counts.getLong(8 * last)).isEqualTo(out.count);
  }

  @Test
  void eachPngFilterIsChosenWhereItFits() throws IOException {
    PictureLayout layout = new PictureLayout(300, 12, 3, BitDepth.EIGHT);
    PngFilter filter = new PngFilter(layout.bytesPerPixel(), layout.bytesPerRow());
    Set<Integer> chosen = new TreeSet<>();
    for (byte[] row : rows(layout, 4)) {
      chosen.add((int) filter.apply(row)[0]);
    }
    byte[] shadow = new byte[layout.bytesPerRow()];
    for (int i = 0; i < shadow.length; i += 7) {
      shadow[i] = 1;
    }
    chosen.add((int) filter.apply(shadow)[0]);
    assertThat(chosen).containsExactly(0, 1, 2, 4);
  }

  @Test
  void stripsWaitInAFileThatIsRemoved() throws IOException {
    byte[] bytes = new byte[1000];
    new Random(5).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    try (Spool spool = new Spool(folder, 2500)) {
      for (int i = 0; i < 5; i++) {
        spool.write(bytes, 1000 - i);
        expected.write(bytes, 0, 1000 - i);
      }
      assertThat(spool.size()).isEqualTo(4990);
      assertThat(folder).isNotEmptyDirectory();
      spool.transferTo(out);
    }
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({"png", "tiff", "jpeg"})
  void missingRowsAreNotOverlooked(String format) throws IOException {
    try (RowWriter writer = small(format)) {
      writer.writeRow(new byte[9]);
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("1 of 2 rows have been written");
    }
  }

  private RowWriter small(String format) throws IOException {
    OutputStream out = new ByteArrayOutputStream();
    return switch (format) {
      case "png" -> new PngRowWriter(out, SMALL, List.of(), 4);
      case "tiff" ->
          new TiffRowWriter(
              out,
              SMALL,
              new TiffDirectory(),
              TiffRowWriter.Options.of(TiffCompression.DEFLATE, folder));
      default -> new JpegRowWriter(out, SMALL, 90, List.of());
    };
  }

  private byte[] tiff(
      PictureLayout layout, byte[][] rows, TiffCompression compression, long classicBytes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RowWriter writer =
        new TiffRowWriter(
            out,
            layout,
            new TiffDirectory(),
            new TiffRowWriter.Options(compression, folder, classicBytes))) {
      write(writer, rows);
    }
    return out.toByteArray();
  }

  private static void write(RowWriter writer, byte[][] rows) throws IOException {
    for (byte[] row : rows) {
      writer.writeRow(row);
    }
    writer.finish();
  }

  /** Smooth, noisy and constant rows, so that every PNG filter is chosen somewhere. */
  private static byte[][] rows(PictureLayout layout, long seed) {
    Random random = new Random(seed);
    byte[][] rows = new byte[layout.height()][layout.bytesPerRow()];
    for (int y = 0; y < rows.length; y++) {
      for (int i = 0; i < rows[y].length; i++) {
        rows[y][i] =
            switch (y % 5) {
              case 0 -> (byte) random.nextInt(256);
              case 1 -> rows[y - 1][i];
              case 2 -> (byte) (i / layout.bytesPerPixel() + random.nextInt(3));
              case 3 -> (byte) (rows[y - 1][i] + random.nextInt(3));
              case 4 -> (byte) random.nextInt(200);
              default -> throw new AssertionError(y);
            };
      }
    }
    return rows;
  }

  private static void assertSamples(BufferedImage image, PictureLayout layout, byte[][] rows) {
    Raster raster = image.getRaster();
    assertThat(raster.getWidth()).isEqualTo(layout.width());
    assertThat(raster.getHeight()).isEqualTo(layout.height());
    assertThat(raster.getNumBands()).isEqualTo(layout.channels());
    int[] expected = new int[layout.width() * layout.channels()];
    for (int y = 0; y < layout.height(); y++) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] =
            layout.depth() == BitDepth.EIGHT
                ? rows[y][i] & 0xff
                : (rows[y][2 * i] & 0xff) << 8 | (rows[y][2 * i + 1] & 0xff);
      }
      assertThat(raster.getPixels(0, y, layout.width(), 1, (int[]) null)).isEqualTo(expected);
    }
  }

  private static BufferedImage twelveMonkeys(byte[] file) throws IOException {
    return read(ImageProviders.reader(ImageFormat.TIFF), file);
  }

  private static BufferedImage jdkTiff(byte[] file) throws IOException {
    var readers = ImageIO.getImageReadersByFormatName("tiff");
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.")) {
        return read(reader, file);
      }
    }
    throw new AssertionError("The JDK's TIFF reader is missing");
  }

  private static BufferedImage read(ImageReader reader, byte[] file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in);
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  private static ByteBuffer values(TiffReader reader, TiffReader.Entry entry) throws IOException {
    return ByteBuffer.wrap(reader.field(entry, 1 << 20).value()).order(reader.order());
  }

  private static TiffReader.Entry entry(TiffReader.Directory directory, int tag) {
    return directory.entries().stream().filter(e -> e.tag() == tag).findFirst().orElseThrow();
  }

  /** Keeps the first two megabytes and counts the rest. */
  private static final class LastBytes extends OutputStream {
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private long count;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (count < 2 << 20) {
        beginning.write(bytes, offset, length);
      }
      count += length;
    }
  }
}
