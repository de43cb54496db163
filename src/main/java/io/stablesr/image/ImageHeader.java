package io.stablesr.image;

/**
 * What the header of a file says.
 *
 * @param format the container
 * @param width width in pixels as shown, the orientation applied
 * @param height height in pixels as shown, the orientation applied
 * @param orientation the orientation the file asks for
 */
public record ImageHeader(ImageFormat format, int width, int height, Orientation orientation) {
  /** Width x height. */
  public long pixels() {
    return (long) width * height;
  }
}
