package io.stablesr.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The samples of a decoded raster, row by row, as they were stored: no colour conversion and no
 * 8-bit detour. Values are 0..1, colour components first, then alpha; palettes are resolved,
 * colours multiplied by alpha are divided again.
 */
abstract class SampleRows {
  private final int components;
  private final boolean alpha;
  private final int bits;

  private SampleRows(int components, boolean alpha, int bits) {
    this.components = components;
    this.alpha = alpha;
    this.bits = bits;
  }

  static SampleRows of(BufferedImage image) {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel palette) {
      return new Palette(image.getRaster(), palette);
    }
    return image.getRaster().getNumBands() < model.getNumComponents()
        ? new Resolved(image.getRaster(), model)
        : new Direct(image.getRaster(), model);
  }

  /** Samples per pixel, alpha included. */
  int components() {
    return components;
  }

  boolean hasAlpha() {
    return alpha;
  }

  int bitsPerChannel() {
    return bits;
  }

  /** Fills {@code out} with row {@code y}, {@link #components} values per pixel. */
  abstract void read(int y, float[] out);

  private static final class Palette extends SampleRows {
    private final Raster raster;
    private final int[] indices;
    private final float[] entries;

    Palette(Raster raster, IndexColorModel model) {
      super(model.hasAlpha() ? 4 : 3, model.hasAlpha(), 8);
      this.raster = raster;
      this.indices = new int[raster.getWidth()];
      this.entries = new float[model.getMapSize() * components()];
      for (int i = 0; i < model.getMapSize(); i++) {
        int at = i * components();
        entries[at] = model.getRed(i) / 255f;
        entries[at + 1] = model.getGreen(i) / 255f;
        entries[at + 2] = model.getBlue(i) / 255f;
        if (hasAlpha()) {
          entries[at + 3] = model.getAlpha(i) / 255f;
        }
      }
    }

    @Override
    void read(int y, float[] out) {
      raster.getSamples(0, y, indices.length, 1, 0, indices);
      int last = entries.length / components() - 1;
      for (int x = 0; x < indices.length; x++) {
        int entry = Math.min(indices[x], last) * components();
        System.arraycopy(entries, entry, out, x * components(), components());
      }
    }
  }

  /** A palette with a further sample, such as alpha: only its model knows what a pixel means. */
  private static final class Resolved extends SampleRows {
    private final Raster raster;
    private final ColorModel model;
    private Object pixel;

    Resolved(Raster raster, ColorModel model) {
      super(model.hasAlpha() ? 4 : 3, model.hasAlpha(), 8);
      this.raster = raster;
      this.model = model;
    }

    @Override
    void read(int y, float[] out) {
      for (int x = 0; x < raster.getWidth(); x++) {
        pixel = raster.getDataElements(x, y, pixel);
        int argb = model.getRGB(pixel);
        for (int c = 0; c < components(); c++) {
          int shift = c == 3 ? 24 : 16 - 8 * c;
          out[x * components() + c] = (argb >>> shift & 0xff) / 255f;
        }
      }
    }
  }

  private static final class Direct extends SampleRows {
    private final Raster raster;
    private final boolean floating;
    private final boolean premultiplied;
    private final double[] maxima;
    private final int bands;
    private final int[] integers;
    private final float[] floats;

    Direct(Raster raster, ColorModel model) {
      super(model.getNumComponents(), model.hasAlpha(), model.getComponentSize(0));
      this.raster = raster;
      this.bands = raster.getNumBands();
      int type = raster.getTransferType();
      this.floating = type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE;
      this.premultiplied = model.hasAlpha() && model.isAlphaPremultiplied();
      this.maxima = new double[components()];
      for (int c = 0; c < maxima.length; c++) {
        maxima[c] = Math.pow(2, model.getComponentSize(c)) - 1;
      }
      this.integers = new int[floating ? 0 : raster.getWidth() * bands];
      this.floats = new float[floating ? raster.getWidth() * bands : 0];
    }

    @Override
    void read(int y, float[] out) {
      int width = raster.getWidth();
      if (floating) {
        raster.getPixels(0, y, width, 1, floats);
      } else {
        raster.getPixels(0, y, width, 1, integers);
      }
      for (int c = 0; c < components(); c++) {
        for (int x = 0; x < width; x++) {
          out[x * components() + c] = value(x * bands + c, c);
        }
      }
      if (premultiplied) {
        divideByAlpha(out, width);
      }
    }

    private float value(int index, int component) {
      float value =
          floating
              ? floats[index]
              : (float) (Integer.toUnsignedLong(integers[index]) / maxima[component]);
      // The comparison also turns NaN into 0.
      return value > 0f ? Math.min(value, 1f) : 0f;
    }

    private void divideByAlpha(float[] out, int width) {
      for (int x = 0; x < width; x++) {
        float opacity = out[(x + 1) * components() - 1];
        for (int c = 0; c < components() - 1 && opacity > 0f; c++) {
          int index = x * components() + c;
          out[index] = Math.min(out[index] / opacity, 1f);
        }
      }
    }
  }
}
