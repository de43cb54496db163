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
import java.util.stream.IntStream;

/**
 * Conversion from an embedded colour profile to sRGB at 16 bits per channel, whatever the depth of
 * the file, so that no banding is added.
 */
final class IccTransform implements SourceColors {
  private static final float MAX = 65535f;
  private static final int PROBES_PER_AXIS = 6;

  private final ColorConvertOp conversion;
  private final int components;
  private final WritableRaster source;
  private final WritableRaster target;
  private final boolean identity;

  private IccTransform(ICC_Profile profile, int components, int width) {
    ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
    this.conversion = new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null);
    this.components = components;
    int columns = Math.max(width, (int) Math.pow(PROBES_PER_AXIS, 3));
    this.source = row(columns, components);
    this.target = row(columns, 3);
    this.identity = components <= 3 && leavesProbesAlone();
  }

  /** Empty where the profile is unusable, or is for another number of components. */
  static Optional<IccTransform> toSrgb(byte[] profileBytes, int components, int width) {
    try {
      ICC_Profile profile = ICC_Profile.getInstance(profileBytes);
      if (profile.getNumComponents() != components) {
        return Optional.empty();
      }
      return Optional.of(new IccTransform(profile, components, width));
    } catch (RuntimeException e) {
      // IllegalArgumentException, CMMException, ProfileDataException: by what is wrong with it.
      return Optional.empty();
    }
  }

  /** Whether the profile means sRGB, within half an 8-bit level. */
  boolean isIdentity() {
    return identity;
  }

  @Override
  public void toSrgb(float[] samples, int pixels, int stride, float[] rgb) {
    short[] in = ((DataBufferUShort) source.getDataBuffer()).getData();
    for (int x = 0; x < pixels; x++) {
      for (int c = 0; c < components; c++) {
        in[x * components + c] = (short) (int) (samples[x * stride + c] * MAX + 0.5f);
      }
    }
    conversion.filter(source, target);
    short[] out = ((DataBufferUShort) target.getDataBuffer()).getData();
    for (int i = 0; i < 3 * pixels; i++) {
      rgb[i] = (out[i] & 0xffff) / MAX;
    }
  }

  private boolean leavesProbesAlone() {
    int probes = (int) Math.pow(PROBES_PER_AXIS, components);
    float[] samples = new float[probes * components];
    for (int i = 0; i < probes; i++) {
      int rest = i;
      for (int c = 0; c < components; c++) {
        samples[i * components + c] = rest % PROBES_PER_AXIS / (PROBES_PER_AXIS - 1f);
        rest /= PROBES_PER_AXIS;
      }
    }
    float[] rgb = new float[3 * probes];
    toSrgb(samples, probes, components, rgb);
    return IntStream.range(0, rgb.length)
        .allMatch(
            i ->
                Math.abs(rgb[i] - samples[i / 3 * components + Math.min(i % 3, components - 1)])
                    < 0.5f / 255f);
  }

  private static WritableRaster row(int width, int bands) {
    int[] offsets = IntStream.range(0, bands).toArray();
    PixelInterleavedSampleModel model =
        new PixelInterleavedSampleModel(
            DataBuffer.TYPE_USHORT, width, 1, bands, width * bands, offsets);
    return Raster.createWritableRaster(model, new DataBufferUShort(width * bands), new Point(0, 0));
  }
}
