package io.stablesr.report;

import io.stablesr.core.StableSrException;
import io.stablesr.restore.TileOutlines;
import java.util.List;
import java.util.Optional;

/** Where the sampling tiles of a row's model lie, from the settings in the row. */
public final class SeamFinder {
  /** Without a known model. */
  public static final SeamFinder NONE = new SeamFinder("", Optional.empty());

  private final String modelId;
  private final Optional<TileOutlines> outlines;

  /**
   * @param modelId of the rows for which the outlines hold
   * @param outlines of the model
   */
  public SeamFinder(String modelId, Optional<TileOutlines> outlines) {
    this.modelId = modelId;
    this.outlines = outlines;
  }

  /**
   * Tiles in shares of the result's width and height; none where the model is another one or what
   * follows from the settings is not the number of tiles in the row.
   */
  List<TileOutlines.Outline> of(ReportCase one) {
    if (outlines.isEmpty()
        || !modelId.equals(one.facts().get("model"))
        || one.sizes().inputWidth() < 1
        || one.sizes().inputHeight() < 1) {
      return List.of();
    }
    try {
      double scale = Double.parseDouble(one.settings().getOrDefault("upscale.scale", ""));
      int overlap = Integer.parseInt(one.settings().getOrDefault("sampling.overlap-latents", ""));
      List<TileOutlines.Outline> tiles =
          outlines
              .orElseThrow()
              .of(one.sizes().inputWidth(), one.sizes().inputHeight(), scale, overlap);
      return tiles.size() == one.sizes().tiles() ? shares(tiles, one) : List.of();
    } catch (NumberFormatException | StableSrException e) {
      // The overlay is an extra: a table without these settings has none.
      return List.of();
    }
  }

  private static List<TileOutlines.Outline> shares(
      List<TileOutlines.Outline> tiles, ReportCase one) {
    double width = one.sizes().outputWidth();
    double height = one.sizes().outputHeight();
    return tiles.stream()
        .map(
            tile ->
                new TileOutlines.Outline(
                    tile.left() / width,
                    tile.top() / height,
                    tile.right() / width,
                    tile.bottom() / height))
        .toList();
  }
}
