package io.stablesr.train;

import io.stablesr.core.FloatTensor;

/**
 * Where a piece is taken from a square picture, and how it is turned.
 *
 * @param top in pixels
 * @param left in pixels
 * @param turn bit 0 mirrors columns, bit 1 mirrors rows, bit 2 exchanges the two
 */
record PiecePlace(int top, int left, int turn) {
  /** From the corner, as it is. */
  static final PiecePlace CORNER = new PiecePlace(0, 0, 0);

  /** Values of a picture {@code [3,S,S]} by their index. */
  interface Values {
    float at(int index);
  }

  /** The same place in a picture that is larger by {@code factor}. */
  PiecePlace enlarged(int factor) {
    return new PiecePlace(factor * top, factor * left, turn);
  }

  /**
   * Copies the piece.
   *
   * @param fromSide side of the picture in pixels
   * @param to {@code [N,3,s,s]} with s the side of the piece
   * @param index of the piece in {@code to}
   */
  void copy(Values from, int fromSide, FloatTensor to, int index) {
    int side = to.dim(3);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int row = (turn & 4) == 0 ? y : x;
          int column = (turn & 4) == 0 ? x : y;
          row = (turn & 2) == 0 ? row : side - 1 - row;
          column = (turn & 1) == 0 ? column : side - 1 - column;
          to.data()[((index * 3 + c) * side + y) * side + x] =
              from.at((c * fromSide + top + row) * fromSide + left + column);
        }
      }
    }
  }
}
