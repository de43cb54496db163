package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/**
 * {@link ColorCorrection} of a picture that is read in strips, with the values that it gives for
 * the whole. Content and style have the same size.
 */
public final class StripCorrection implements PictureRows {
  /** Values that a strip has at most, apart from its margins. */
  private static final int STRIP_PIXELS = 1 << 22;

  private final PictureRows content;
  private final PictureRows style;
  private final Fix fix;

  /**
   * The correction that {@code fix} names. For adain this reads both pictures twice.
   *
   * @param waveletLevels levels of the wavelet correction, 1..16
   */
  public StripCorrection(ColorFix fix, int waveletLevels, PictureRows content, PictureRows style) {
    if (content.height() != style.height() || content.width() != style.width()) {
      throw new IllegalArgumentException("Content and style differ in size");
    }
    this.content = content;
    this.style = style;
    this.fix =
        switch (fix) {
          case NONE -> (top, rows) -> content.rows(top, rows);
          case WAVELET -> (top, rows) -> wavelet(top, rows, waveletLevels);
          case ADAIN -> adain();
        };
  }

  private interface Fix {
    FloatTensor rows(int top, int rows);
  }

  @Override
  public int height() {
    return content.height();
  }

  @Override
  public int width() {
    return content.width();
  }

  @Override
  public FloatTensor rows(int top, int rows) {
    return fix.rows(top, rows);
  }

  /** Rows that are best corrected together. */
  public static int stripRows(ColorFix fix, int waveletLevels, int width) {
    int margin = fix == ColorFix.WAVELET ? margin(waveletLevels) : 0;
    return Math.max(1 + margin, STRIP_PIXELS / width);
  }

  /** Rows beside a strip that decide about it: the blurs reach 1, 2, 4, ... rows far. */
  public static int margin(int waveletLevels) {
    return (1 << waveletLevels) - 1;
  }

  private FloatTensor wavelet(int top, int rows, int levels) {
    int from = Math.max(0, top - margin(levels));
    int to = Math.min(height(), top + rows + margin(levels));
    FloatTensor corrected =
        ColorCorrection.wavelet(content.rows(from, to - from), style.rows(from, to - from), levels);
    return Borders.crop(corrected, top - from, 0, rows, width());
  }

  private Fix adain() {
    ColorCorrection.Moments[] from = moments(content);
    ColorCorrection.Moments[] to = moments(style);
    return (top, rows) -> {
      FloatTensor strip = content.rows(top, rows);
      for (int c = 0; c < 3; c++) {
        ColorCorrection.shift(strip, c, from[c], to[c], strip);
      }
      return strip;
    };
  }

  /** Mean and deviation of each channel, with the sums in the order of the whole picture. */
  private static ColorCorrection.Moments[] moments(PictureRows picture) {
    ColorCorrection.Sums sums = new ColorCorrection.Sums();
    int rows = Math.max(1, STRIP_PIXELS / picture.width());
    for (int top = 0; top < picture.height(); top += rows) {
      sums.add(picture.rows(top, Math.min(rows, picture.height() - top)));
    }
    sums.startSquares();
    for (int top = 0; top < picture.height(); top += rows) {
      sums.addSquares(picture.rows(top, Math.min(rows, picture.height() - top)));
    }
    return new ColorCorrection.Moments[] {sums.moments(0), sums.moments(1), sums.moments(2)};
  }
}
