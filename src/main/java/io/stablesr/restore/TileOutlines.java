package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.diffusion.Window;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * Where the sampling tiles of a model lie in its results (docs/tiling.md).
 *
 * @param geometry how pictures are brought to sizes that the networks accept
 * @param tileLatents side of a tile in latents
 * @param pixelsPerLatent side of a latent in pixels of the picture that is worked on
 */
public record TileOutlines(WorkGeometry geometry, int tileLatents, int pixelsPerLatent)
    implements Serializable {
  /**
   * A tile, cut at the border of the result.
   *
   * @param left in pixels of the result, as the other sides; a fraction where it was reduced
   * @param top its first row
   * @param right behind its last column
   * @param bottom behind its last row
   */
  public record Outline(double left, double top, double right, double bottom) {}

  /** Checks the ranges. */
  public TileOutlines {
    Objects.requireNonNull(geometry, "geometry");
    if (tileLatents < 1 || pixelsPerLatent < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Tiles of %d latents of %d pixels; both must be 1 or more."
              .formatted(tileLatents, pixelsPerLatent));
    }
  }

  /**
   * The tiles of one picture, in the order in which they are evaluated.
   *
   * @param inputWidth in pixels
   * @param inputHeight in pixels
   * @param scale output size / input size
   * @param overlapLatents overlap of neighbours
   */
  public List<Outline> of(int inputWidth, int inputHeight, double scale, int overlapLatents) {
    WorkGeometry.Plan plan = geometry.plan(inputHeight, inputWidth, scale);
    TileGrid grid =
        new TileGrid(
            plan.paddedHeight() / pixelsPerLatent,
            plan.paddedWidth() / pixelsPerLatent,
            tileLatents,
            overlapLatents);
    return grid.tiles().stream().map(tile -> outline(tile, plan)).toList();
  }

  private Outline outline(Window tile, WorkGeometry.Plan plan) {
    double perColumn = (double) plan.outWidth() / plan.width();
    double perRow = (double) plan.outHeight() / plan.height();
    return new Outline(
        within(tile.x(), plan.margins().left(), perColumn, plan.outWidth()),
        within(tile.y(), plan.margins().top(), perRow, plan.outHeight()),
        within(tile.x() + tile.width(), plan.margins().left(), perColumn, plan.outWidth()),
        within(tile.y() + tile.height(), plan.margins().top(), perRow, plan.outHeight()));
  }

  private double within(int latent, int margin, double factor, int length) {
    return Math.max(0, Math.min(length, (pixelsPerLatent * (double) latent - margin) * factor));
  }
}
