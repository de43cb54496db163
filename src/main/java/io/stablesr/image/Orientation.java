package io.stablesr.image;

import java.util.Arrays;

/** The eight ways in which a stored picture is to be turned before it is shown (EXIF 0x0112). */
public enum Orientation {
  /** 1: shown as stored. */
  NORMAL(1),
  /** 2: mirrored left to right. */
  MIRROR_HORIZONTAL(2),
  /** 3: turned by 180 degrees. */
  ROTATE_180(3),
  /** 4: mirrored top to bottom. */
  MIRROR_VERTICAL(4),
  /** 5: rows become columns. */
  TRANSPOSE(5),
  /** 6: turned clockwise by 90 degrees. */
  ROTATE_90(6),
  /** 7: rows become columns, then turned by 180 degrees. */
  TRANSVERSE(7),
  /** 8: turned clockwise by 270 degrees. */
  ROTATE_270(8);

  private final int exif;

  Orientation(int exif) {
    this.exif = exif;
  }

  /** The orientation with this EXIF value; {@link #NORMAL} for a value outside 1..8. */
  public static Orientation ofExif(int value) {
    return Arrays.stream(values()).filter(o -> o.exif == value).findFirst().orElse(NORMAL);
  }

  /** The EXIF value 1..8. */
  public int exif() {
    return exif;
  }

  /** Whether width and height change places. */
  public boolean swapsAxes() {
    return exif >= 5;
  }

  /** Where the pixels of a stored {@code width x height} picture go. */
  Placement placement(int width, int height) {
    int lastColumn = width - 1;
    int lastRow = (height - 1) * width;
    // For turned pictures a row of the result has `height` pixels.
    int turnedLastRow = (width - 1) * height;
    return switch (this) {
      case NORMAL -> new Placement(0, 1, width);
      case MIRROR_HORIZONTAL -> new Placement(lastColumn, -1, width);
      case ROTATE_180 -> new Placement(lastRow + lastColumn, -1, -width);
      case MIRROR_VERTICAL -> new Placement(lastRow, 1, -width);
      case TRANSPOSE -> new Placement(0, height, 1);
      case ROTATE_90 -> new Placement(height - 1, height, -1);
      case TRANSVERSE -> new Placement(turnedLastRow + height - 1, -height, -1);
      case ROTATE_270 -> new Placement(turnedLastRow, -height, 1);
    };
  }

  /** Index of stored pixel {@code (x, y)} in a plane of the shown picture. */
  record Placement(int start, int stepX, int stepY) {
    int index(int x, int y) {
      return start + x * stepX + y * stepY;
    }
  }
}
