package io.stablesr.image;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferUShort;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;

/** From sRGB back to the colours of an RGB profile, at 16 bits per channel. */
final class ProfileRestore {
  private static final float MAX = 65535f;

  private final Optional<ColorConvertOp> conversion;
  private final WritableRaster source;
  private final WritableRaster target;

  private ProfileRestore(Optional<ColorConvertOp> conversion, int width) {
    this.conversion = conversion;
    this.source = row(width);
    this.target = row(width);
  }

  /** Empty where a result cannot be converted to the profile: some only describe a device. */
  static Optional<ProfileRestore> to(IccProfile profile, int width) {
    try {
      byte[] bytes = profile.bytes();
      Optional<IccTransform> forward = IccTransform.toSrgb(bytes, 3, 1);
      if (forward.isEmpty()) {
        return Optional.empty();
      }
      if (forward.get().isIdentity()) {
        return Optional.of(new ProfileRestore(Optional.empty(), 1));
      }
      ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
      ICC_Profile wanted = ICC_Profile.getInstance(bytes);
      ColorConvertOp op = new ColorConvertOp(new ICC_Profile[] {srgb, wanted}, null);
      ProfileRestore restore = new ProfileRestore(Optional.of(op), width);
      // The library finds out only now whether the profile has a way back.
      restore.apply(new float[3 * width], width);
      return Optional.of(restore);
    } catch (RuntimeException e) {
      // IllegalArgumentException, CMMException, ProfileDataException: by what is wrong with it.
      return Optional.empty();
    }
  }

  /** Converts {@code pixels} interleaved pixels in place; values outside 0..1 are clamped. */
  void apply(float[] rgb, int pixels) {
    if (conversion.isEmpty()) {
      return;
    }
    short[] in = ((DataBufferUShort) source.getDataBuffer()).getData();
    for (int i = 0; i < 3 * pixels; i++) {
      in[i] = (short) PixelRounding.ROUND.level(rgb[i], 65535);
    }
    conversion.get().filter(source, target);
    short[] out = ((DataBufferUShort) target.getDataBuffer()).getData();
    for (int i = 0; i < 3 * pixels; i++) {
      rgb[i] = (out[i] & 0xffff) / MAX;
    }
  }

  private static WritableRaster row(int width) {
    PixelInterleavedSampleModel model =
        new PixelInterleavedSampleModel(
            DataBuffer.TYPE_USHORT, width, 1, 3, 3 * width, new int[] {0, 1, 2});
    return Raster.createWritableRaster(model, new DataBufferUShort(3 * width), new Point(0, 0));
  }
}
