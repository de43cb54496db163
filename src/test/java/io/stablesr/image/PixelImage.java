package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Optional;
import java.util.stream.IntStream;

/** Quantises a picture to the interleaved samples that the writers take: the only copy made. */
final class PixelImage {
  private PixelImage() {}

  static BufferedImage of(
      FloatTensor rgb, Optional<FloatTensor> alpha, BitDepth depth, PixelRounding rounding) {
    int height = rgb.dim(1);
    int width = rgb.dim(2);
    int bands = alpha.isPresent() ? 4 : 3;
    DataBuffer buffer =
        depth == BitDepth.EIGHT
            ? new DataBufferByte(Math.multiplyExact(height * width, bands))
            : new DataBufferUShort(Math.multiplyExact(height * width, bands));
    for (int c = 0; c < 3; c++) {
      interleave(rgb.data(), c * height * width, height * width, depth, rounding, buffer, c, bands);
    }
    if (alpha.isPresent()) {
      interleave(alpha.get().data(), 0, height * width, depth, rounding, buffer, 3, bands);
    }
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            alpha.isPresent(),
            false,
            alpha.isPresent() ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            buffer.getDataType());
    PixelInterleavedSampleModel samples =
        new PixelInterleavedSampleModel(
            buffer.getDataType(),
            width,
            height,
            bands,
            width * bands,
            IntStream.range(0, bands).toArray());
    return new BufferedImage(
        model, Raster.createWritableRaster(samples, buffer, new Point(0, 0)), false, null);
  }

  private static void interleave(
      float[] plane,
      int offset,
      int length,
      BitDepth depth,
      PixelRounding rounding,
      DataBuffer buffer,
      int band,
      int bands) {
    int max = depth.max();
    byte[] bytes = buffer instanceof DataBufferByte b ? b.getData() : null;
    short[] shorts = buffer instanceof DataBufferUShort s ? s.getData() : null;
    for (int i = 0, at = band; i < length; i++, at += bands) {
      float value = plane[offset + i];
      if (!Float.isFinite(value)) {
        throw new StableSrException(
            ErrorCode.NOT_FINITE,
            "Cannot write the picture: value %d of channel %d is %s.".formatted(i, band, value));
      }
      int level = rounding.level(value, max);
      if (bytes != null) {
        bytes[at] = (byte) level;
      } else {
        shorts[at] = (short) level;
      }
    }
  }
}
