package io.stablesr.image;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Collects the rows of a JPEG picture, 3 bytes a pixel, and writes the file at the end. */
final class JpegRowWriter implements RowWriter {
  /** What the codec of the IJG takes, a little less than the format's 65,535. */
  static final int MAX_SIDE = 65_500;

  private final OutputStream out;
  private final PictureLayout layout;
  private final int quality;
  private final List<JpegSegment> segments;
  private final byte[] samples;
  private int rows;

  /** {@code segments} go between the JFIF header and the picture. */
  JpegRowWriter(OutputStream out, PictureLayout layout, int quality, List<JpegSegment> segments) {
    this.out = out;
    this.layout = layout;
    this.quality = quality;
    this.segments = segments;
    this.samples = new byte[Math.toIntExact(layout.bytes())];
  }

  @Override
  public void writeRow(byte[] row) {
    System.arraycopy(row, 0, samples, rows * layout.bytesPerRow(), layout.bytesPerRow());
    rows++;
  }

  @Override
  public void finish() throws IOException {
    if (rows != layout.height()) {
      throw new IllegalStateException(
          "%d of %d rows have been written".formatted(rows, layout.height()));
    }
    BufferedImage image = image();
    ImageWriter writer = ImageProviders.writer("jpeg");
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), param);
      JpegSegment.addTo(metadata, segments);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, metadata), param);
    } finally {
      writer.dispose();
    }
    out.flush();
  }

  @Override
  public void close() {
    // Nothing but the heap is held.
  }

  private BufferedImage image() {
    int channels = layout.channels();
    ColorSpace space =
        ColorSpace.getInstance(layout.isGrey() ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    ComponentColorModel model =
        new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
    PixelInterleavedSampleModel rowsOfSamples =
        new PixelInterleavedSampleModel(
            DataBuffer.TYPE_BYTE,
            layout.width(),
            layout.height(),
            channels,
            layout.bytesPerRow(),
            IntStream.range(0, channels).toArray());
    return new BufferedImage(
        model,
        Raster.createWritableRaster(
            rowsOfSamples, new DataBufferByte(samples, samples.length), new Point(0, 0)),
        false,
        null);
  }
}
