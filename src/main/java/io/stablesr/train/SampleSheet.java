package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures side by side in one PNG. */
final class SampleSheet {
  private SampleSheet() {}

  /** Writes rows of as many pictures {@code [1,3,S,S]} in -1..1 each. */
  static void write(Path file, List<List<FloatTensor>> rows) throws IOException {
    int columns = rows.get(0).size();
    int side = rows.get(0).get(0).dim(3);
    BufferedImage sheet =
        new BufferedImage(columns * side, rows.size() * side, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < columns; column++) {
        put(sheet, rows.get(row).get(column), column * side, row * side);
      }
    }
    write(file, sheet);
  }

  /** Writes a PNG at once or not at all. */
  static void write(Path file, BufferedImage image) throws IOException {
    ReplacedFile.write(file, temporary -> ImageIO.write(image, "png", temporary.toFile()));
  }

  private static void put(BufferedImage sheet, FloatTensor picture, int left, int top) {
    int side = picture.dim(3);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          float value = (picture.data()[(c * side + y) * side + x] + 1) * 127.5f;
          rgb = rgb << 8 | Math.max(0, Math.min(255, Math.round(value)));
        }
        sheet.setRGB(left + x, top + y, rgb);
      }
    }
  }
}
