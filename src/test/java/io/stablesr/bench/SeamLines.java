package io.stablesr.bench;

import io.stablesr.diffusion.TileGrid;
import io.stablesr.diffusion.Window;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where seams can be along one side of a result: at the borders of tiles, where a prediction leaves
 * the weighted mean, and at the crossings, in the middle between the borders of two neighbours,
 * where both weigh the same and the mean goes over from one to the other.
 *
 * <p>Where the last tile, flush with the end, overlaps by more than was asked for, its lines are
 * none of the overlap that is measured: nothing is measured there, nor compared with.
 *
 * @param borders first pixel behind each border, in rising order
 * @param crossings first pixel behind each crossing, in rising order
 * @param excluded lines of the last tile where it overlaps by more, in rising order
 */
record SeamLines(Set<Integer> borders, Set<Integer> crossings, Set<Integer> excluded) {
  /** Copies the sets. */
  SeamLines {
    borders = new TreeSet<>(borders);
    crossings = new TreeSet<>(crossings);
    excluded = new TreeSet<>(excluded);
    excluded.removeAll(borders);
    excluded.removeAll(crossings);
  }

  /**
   * The lines of a side.
   *
   * @param canvasLatents length of the canvas, margins included
   * @param tileLatents side of a tile
   * @param overlapLatents overlap of neighbours
   * @param pixelsPerLatent pixels of the result
   * @param marginPixels what is cropped before the result begins
   */
  static SeamLines along(
      int canvasLatents,
      int tileLatents,
      int overlapLatents,
      int pixelsPerLatent,
      int marginPixels) {
    int[] starts =
        new TileGrid(1, canvasLatents, tileLatents, overlapLatents)
            .tiles().stream().mapToInt(Window::x).toArray();
    Set<Integer> borders = new TreeSet<>();
    Set<Integer> crossings = new TreeSet<>();
    Set<Integer> excluded = new TreeSet<>();
    for (int i = 1; i < starts.length; i++) {
      int behind = pixelsPerLatent * starts[i] - marginPixels;
      int end = pixelsPerLatent * (starts[i - 1] + tileLatents) - marginPixels;
      boolean asked = starts[i] - starts[i - 1] == tileLatents - overlapLatents;
      Set<Integer> target = asked ? borders : excluded;
      target.add(behind);
      target.add(end);
      (asked ? crossings : excluded).add((behind + end) / 2);
    }
    return new SeamLines(borders, crossings, excluded);
  }

  /** Pixels from the nearest line of any kind to the gap between {@code at - 1} and {@code at}. */
  int distance(int at) {
    return Math.min(
        Math.min(distance(at, borders), distance(at, crossings)), distance(at, excluded));
  }

  /** Pixels from the nearest of these lines to the gap between {@code at - 1} and {@code at}. */
  static int distance(int at, Set<Integer> lines) {
    return lines.stream().mapToInt(line -> Math.abs(line - at)).min().orElse(Integer.MAX_VALUE);
  }
}
