package io.stablesr.image;

/** Containers that can be decoded. */
public enum ImageFormat {
  /** JPEG, baseline and progressive, grey, colour, CMYK and YCCK. */
  JPEG,
  /** PNG of any depth. */
  PNG,
  /** WebP, lossy and lossless. */
  WEBP,
  /** TIFF and BigTIFF. */
  TIFF,
  /** Windows bitmap. */
  BMP,
  /** GIF; of an animation the first frame. */
  GIF
}
