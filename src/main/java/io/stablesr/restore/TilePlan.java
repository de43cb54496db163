package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * How the autoencoder cuts a picture, in latents: cores that partition it, each evaluated as a
 * region that adds a halo, no region longer than a tile. Regions end at the border of the picture,
 * where the zero padding of convolutions is the true one.
 */
final class TilePlan {
  /** Below this a tile would be nearly all halo. */
  static final int LEAST_CORE_LATENTS = 8;

  private TilePlan() {}

  /**
   * One evaluation.
   *
   * @param region what the network sees
   * @param core the part of the region that is kept, in coordinates of the picture
   */
  record Tile(Window region, Window core) {}

  /** One axis of a tile. */
  private record Span(int from, int to, int coreFrom, int coreTo) {}

  /**
   * Tiles row by row.
   *
   * @param tile longest side of a region, in latents
   * @param halo latents that a core needs on each side that is not a border
   */
  static List<Tile> of(int height, int width, int tile, int halo) {
    List<Tile> tiles = new ArrayList<>();
    for (Span y : spans(height, tile, halo)) {
      for (Span x : spans(width, tile, halo)) {
        tiles.add(new Tile(window(y.from, y.to, x.from, x.to), core(y, x)));
      }
    }
    return List.copyOf(tiles);
  }

  /**
   * Tiles that stand for the picture: spread evenly over it along a golden-section lattice, always
   * the same ones, and overlapping where the picture is small.
   *
   * @param tile longest side of a region, in latents
   */
  static List<Tile> sample(int height, int width, int tile, int halo, int count) {
    int coreHeight = Math.min(height, tile - 2 * halo);
    int coreWidth = Math.min(width, tile - 2 * halo);
    List<Tile> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double golden = i * (Math.sqrt(5) - 1) / 2;
      int top = (int) Math.round((i + 0.5) / count * (height - coreHeight));
      int left = (int) Math.round((golden - Math.floor(golden)) * (width - coreWidth));
      Span y = span(top, coreHeight, height, halo);
      Span x = span(left, coreWidth, width, halo);
      tiles.add(new Tile(window(y.from, y.to, x.from, x.to), core(y, x)));
    }
    return List.copyOf(tiles);
  }

  private static Span span(int from, int core, int length, int halo) {
    return new Span(
        Math.max(0, from - halo), Math.min(length, from + core + halo), from, from + core);
  }

  /** Latents of all regions together: what the network sees in one sweep. */
  static double regionLatents(int height, int width, int tile, int halo) {
    return regionLength(height, tile, halo) * regionLength(width, tile, halo);
  }

  private static double regionLength(int length, int tile, int halo) {
    return spans(length, tile, halo).stream().mapToDouble(span -> span.to - span.from).sum();
  }

  /**
   * The smallest tile with this halo.
   *
   * @throws StableSrException CONFIG when {@code tilePixels} is below it
   */
  static void requireRoom(int tilePixels, int halo, int pixelsPerLatent) {
    int least = (2 * halo + LEAST_CORE_LATENTS) * pixelsPerLatent;
    if (tilePixels < least) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "vae-tile-pixels is %d; with this model and fusion weight it must be at least %d, because each side of a tile needs a halo of %d pixels."
              .formatted(tilePixels, least, halo * pixelsPerLatent));
    }
  }

  private static List<Span> spans(int length, int tile, int halo) {
    if (length <= tile) {
      return List.of(new Span(0, length, 0, length));
    }
    // The first and the last core need one halo only: they are longer by one.
    int shared = length - 2 * halo;
    int room = tile - 2 * halo;
    int count = (shared + room - 1) / room;
    List<Span> spans = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int from = k == 0 ? 0 : halo + Math.toIntExact((long) shared * k / count);
      int to = k == count - 1 ? length : halo + Math.toIntExact((long) shared * (k + 1) / count);
      spans.add(new Span(Math.max(0, from - halo), Math.min(length, to + halo), from, to));
    }
    return spans;
  }

  private static Window core(Span y, Span x) {
    return window(y.coreFrom, y.coreTo, x.coreFrom, x.coreTo);
  }

  private static Window window(int top, int bottom, int left, int right) {
    return new Window(top, left, bottom - top, right - left);
  }
}
