package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.image.PilResize;
import io.stablesr.image.TorchResize;
import java.util.function.UnaryOperator;

/**
 * How the published scripts bring a picture to the size the model works at and back
 * (docs/mathematics.md 5.2), quirks included. Only for reproducing their recorded results.
 */
enum PublishedGeometry {
  /** Everything becomes a square of the model's size. */
  SQUARE {
    @Override
    Prepared prepare(FloatTensor picture, ScriptArguments arguments) {
      int side = arguments.inputSize();
      FloatTensor resized = resizedShortEdge(Pictures.signed(floored(picture, 32)), side);
      FloatTensor cropped = Borders.centerCrop(resized, side, side);
      FloatTensor model = arguments.ddim() ? cropped : Pictures.clamped(cropped, -1, 1);
      return Prepared.asIs(model, model);
    }
  },
  /** An enlarged picture, on a grey canvas where it is smaller than the model's size. */
  CANVAS {
    @Override
    Prepared prepare(FloatTensor picture, ScriptArguments arguments) {
      FloatTensor small = Pictures.signed(floored(picture, arguments.ddim() ? 32 : 8));
      int height = (int) (small.dim(1) * arguments.upscale());
      int width = (int) (small.dim(2) * arguments.upscale());
      FloatTensor enlarged = TorchResize.bicubic(small, height, width);
      if (arguments.ddim()) {
        return Prepared.asIs(enlarged, enlarged);
      }
      FloatTensor style = Pictures.clamped(enlarged, -1, 1);
      int canvasHeight = Math.max(height, arguments.inputSize());
      int canvasWidth = Math.max(width, arguments.inputSize());
      Margins margins = Margins.bottomRight(canvasHeight - height, canvasWidth - width);
      FloatTensor canvas = Borders.constantPad(style, margins, 0);
      return Prepared.asIs(canvas, style);
    }
  },
  /** An enlarged picture, at least of the model's size, mirrored to a multiple of 32. */
  CANVAS_TILE {
    @Override
    Prepared prepare(FloatTensor picture, ScriptArguments arguments) {
      FloatTensor small = halved(picture);
      double upscale = arguments.upscale();
      int shortEdge = Math.min(small.dim(1), small.dim(2));
      double scale = Math.max(arguments.inputSize() / (double) shortEdge, upscale);
      int height = (int) (small.dim(1) * scale);
      int width = (int) (small.dim(2) * scale);
      FloatTensor enlarged = Pictures.clamped(TorchResize.bicubic(small, height, width), -1, 1);
      boolean padded = height % MULTIPLE != 0 || width % MULTIPLE != 0;
      FloatTensor model = enlarged;
      if (padded) {
        // An axis that is a multiple already gets a whole multiple more.
        int bottom = (height / MULTIPLE + 1) * MULTIPLE - height;
        int right = (width / MULTIPLE + 1) * MULTIPLE - width;
        model = Borders.reflectPad(enlarged, Margins.bottomRight(bottom, right));
      }
      boolean shrunk = scale > upscale;
      int outHeight = shrunk ? (int) (model.dim(1) * upscale / scale) : model.dim(1);
      int outWidth = shrunk ? (int) (model.dim(2) * upscale / scale) : model.dim(2);
      // The crop is measured before the way back, so it may leave some of the padding.
      int cropHeight = padded ? Math.min(height, outHeight) : outHeight;
      int cropWidth = padded ? Math.min(width, outWidth) : outWidth;
      return new Prepared(
          model,
          model,
          upscaled -> {
            FloatTensor resized =
                shrunk
                    ? Pictures.clamped(TorchResize.bicubic(upscaled, outHeight, outWidth), 0, 1)
                    : upscaled;
            return Borders.crop(resized, 0, 0, cropHeight, cropWidth);
          });
    }
  };

  private static final int MULTIPLE = 32;

  /**
   * A picture as the model gets it.
   *
   * @param model {@code [3,H,W]} in -1..1, fed to the encoder
   * @param style what colours are tied to, of the size of the decoded picture after its crop
   * @param restore from the colour-fixed picture in 0..1 to the result
   */
  record Prepared(FloatTensor model, FloatTensor style, UnaryOperator<FloatTensor> restore) {
    /** What the model gives is the result. */
    static Prepared asIs(FloatTensor model, FloatTensor style) {
      return new Prepared(model, style, UnaryOperator.identity());
    }
  }

  /** Brings a picture {@code [3,h,w]} in 0..1 to the size the model works at. */
  abstract Prepared prepare(FloatTensor picture, ScriptArguments arguments);

  /** Lanczos resizing down to multiples. */
  private static FloatTensor floored(FloatTensor picture, int multiple) {
    return PilResize.lanczos(
        picture, picture.dim(1) / multiple * multiple, picture.dim(2) / multiple * multiple);
  }

  /** {@code (x - 0.5) / 0.5}: another rounding than {@code 2 * x - 1}. */
  private static FloatTensor halved(FloatTensor picture) {
    FloatTensor result = picture.copy();
    for (int i = 0; i < result.size(); i++) {
      result.data()[i] = (result.data()[i] - 0.5f) / 0.5f;
    }
    return result;
  }

  /** Bilinear resizing that makes the shorter edge {@code side} pixels long. */
  static FloatTensor resizedShortEdge(FloatTensor picture, int side) {
    int height = picture.dim(1);
    int width = picture.dim(2);
    if (Math.min(height, width) == side) {
      return picture;
    }
    boolean tall = height >= width;
    int longEdge = (int) ((long) side * Math.max(height, width) / Math.min(height, width));
    return TorchResize.bilinear(picture, tall ? longEdge : side, tall ? side : longEdge);
  }
}
