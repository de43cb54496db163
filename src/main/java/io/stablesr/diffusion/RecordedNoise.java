package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.Map;

/** Noise that was recorded elsewhere, for comparisons value by value. */
public final class RecordedNoise implements NoiseSource {
  private final Map<NoiseDraw, FloatTensor> draws;

  /**
   * The recorded canvases of one image.
   *
   * @param draws {@code [1,C,h,w]} or {@code [C,h,w]} each
   */
  public RecordedNoise(Map<NoiseDraw, FloatTensor> draws) {
    this.draws = Map.copyOf(draws);
  }

  @Override
  public FloatTensor normal(NoiseDraw draw, int channels, Window window) {
    FloatTensor canvas = draws.get(draw);
    if (canvas == null) {
      throw new StableSrException(
          ErrorCode.CONFIG, "No noise was recorded for draw '%s'.".formatted(draw));
    }
    FloatTensor whole = canvas.rank() == 3 ? withBatch(canvas) : canvas;
    if (whole.dim(0) != 1
        || whole.dim(1) != channels
        || window.y() + window.height() > whole.dim(2)
        || window.x() + window.width() > whole.dim(3)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The noise recorded for draw '%s' is %s, asked for were %d channels of %s."
              .formatted(draw, canvas, channels, window));
    }
    return Tiles.crop(whole, 0, window);
  }

  private static FloatTensor withBatch(FloatTensor canvas) {
    return canvas.reshape(1, canvas.dim(0), canvas.dim(1), canvas.dim(2));
  }
}
