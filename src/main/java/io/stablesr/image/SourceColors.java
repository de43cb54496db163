package io.stablesr.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.util.Optional;

/** From the colour samples of a file to sRGB-encoded values 0..1. */
interface SourceColors {
  /**
   * Converts one row.
   *
   * @param samples {@code stride} values per pixel, the colour components first
   * @param rgb filled with three values per pixel
   */
  void toSrgb(float[] samples, int pixels, int stride, float[] rgb);

  /** The profile that the samples of {@code image}, read from {@code file}, are to be seen with. */
  static Optional<IccProfile> profile(OpenedImage file, BufferedImage image) {
    ColorSpace space = image.getColorModel().getColorSpace();
    if (isSpecial(space)) {
      return Optional.of(new IccProfile(((ICC_ColorSpace) space).getProfile().getData()));
    }
    return file.format() == ImageFormat.TIFF
        ? Optional.empty()
        : file.metadata().iccProfile().map(IccProfile::new);
  }

  /** A profile that means sRGB, which the TIFF codec does not give away. */
  static Optional<IccProfile> srgbProfile(OpenedImage file) {
    return file.metadata()
        .iccProfile()
        .filter(
            bytes -> IccTransform.toSrgb(bytes, 3, 1).filter(IccTransform::isIdentity).isPresent())
        .map(IccProfile::new);
  }

  /** A profile that is damaged or does not fit the samples is ignored, as browsers do. */
  static SourceColors of(BufferedImage image, Optional<IccProfile> profile) {
    ColorModel model = image.getColorModel();
    int components = components(model);
    if (profile.isPresent()) {
      Optional<IccTransform> transform =
          IccTransform.toSrgb(profile.get().bytes(), components, image.getWidth());
      if (transform.isPresent() && !transform.get().isIdentity()) {
        return transform.get();
      }
    }
    if (components == 1) {
      // The JDK takes grey without a profile for linear light; files mean the sRGB curve.
      return SourceColors::replicateGrey;
    }
    if (components == 3) {
      return SourceColors::copyRgb;
    }
    ColorSpace space = model.getColorSpace();
    return (samples, pixels, stride, rgb) ->
        convertSlowly(space, components, samples, pixels, stride, rgb);
  }

  /** Whether the profile can be applied to these samples. */
  static boolean isUsable(IccProfile profile, BufferedImage image) {
    return IccTransform.toSrgb(profile.bytes(), components(image.getColorModel()), 1).isPresent();
  }

  /** How the colours of the file are stored. */
  static SourceColorKind kind(BufferedImage image) {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel palette && isGrey(palette)) {
      return SourceColorKind.GREY;
    }
    int components = components(model);
    boolean rgb = model.getColorSpace().getType() == ColorSpace.TYPE_RGB;
    return components == 1
        ? SourceColorKind.GREY
        : components == 3 && rgb ? SourceColorKind.RGB : SourceColorKind.OTHER;
  }

  /** Grey of less than 8 bits comes as a palette, too. */
  private static boolean isGrey(IndexColorModel palette) {
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  private static int components(ColorModel model) {
    return model instanceof IndexColorModel ? 3 : model.getNumColorComponents();
  }

  /** Whether this is the space of an embedded profile, not one that stands for "none given". */
  static boolean isSpecial(ColorSpace space) {
    return space instanceof ICC_ColorSpace
        && !space.isCS_sRGB()
        && space != ColorSpace.getInstance(ColorSpace.CS_GRAY);
  }

  private static void replicateGrey(float[] samples, int pixels, int stride, float[] rgb) {
    for (int x = 0; x < pixels; x++) {
      float grey = samples[x * stride];
      rgb[3 * x] = grey;
      rgb[3 * x + 1] = grey;
      rgb[3 * x + 2] = grey;
    }
  }

  private static void copyRgb(float[] samples, int pixels, int stride, float[] rgb) {
    for (int x = 0; x < pixels; x++) {
      rgb[3 * x] = samples[x * stride];
      rgb[3 * x + 1] = samples[x * stride + 1];
      rgb[3 * x + 2] = samples[x * stride + 2];
    }
  }

  /** For spaces without a profile, such as plain CMYK. */
  private static void convertSlowly(
      ColorSpace space, int components, float[] samples, int pixels, int stride, float[] rgb) {
    float[] pixel = new float[components];
    for (int x = 0; x < pixels; x++) {
      System.arraycopy(samples, x * stride, pixel, 0, components);
      System.arraycopy(space.toRGB(pixel), 0, rgb, 3 * x, 3);
    }
  }
}
