package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Window;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.EnlargedPicture;
import io.stablesr.image.PictureRows;

/**
 * The picture that {@link WorkGeometry#enter} makes, of which regions are computed when they are
 * asked for, with the same values.
 */
final class WorkPicture implements PictureRows, TileSweep.Plane {
  private final EnlargedPicture enlarged;
  private final int downsampling;

  /**
   * @param input {@code [3,H,W]}, 0..1
   * @param downsampling pixels per latent
   */
  WorkPicture(FloatTensor input, WorkGeometry.Plan plan, int downsampling) {
    this.enlarged = new EnlargedPicture(input, plan.height(), plan.width(), plan.margins());
    this.downsampling = downsampling;
  }

  @Override
  public int height() {
    return enlarged.height();
  }

  @Override
  public int width() {
    return enlarged.width();
  }

  @Override
  public FloatTensor rows(int top, int rows) {
    return window(top, 0, rows, width());
  }

  @Override
  public DeviceTensor region(TensorScope scope, Window latents) {
    int height = downsampling * latents.height();
    int width = downsampling * latents.width();
    FloatTensor pixels =
        window(downsampling * latents.y(), downsampling * latents.x(), height, width);
    return scope.upload(pixels.reshape(1, 3, height, width));
  }

  private FloatTensor window(int top, int left, int height, int width) {
    FloatTensor window = enlarged.window(top, left, height, width);
    WorkGeometry.toNetworkRange(window);
    return window;
  }
}
