package io.stablesr.image;

import io.stablesr.core.FloatTensor;

/** A picture of which strips can be had, so that the whole need not be in memory. */
public interface PictureRows {
  /** Rows of the whole picture. */
  int height();

  /** Pixels in a row. */
  int width();

  /** Rows {@code top} to {@code top + rows - 1} as {@code [3,rows,width]}; the caller's own. */
  FloatTensor rows(int top, int rows);
}
