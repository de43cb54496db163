package io.stablesr.image;

/** How the colours of a file are stored. */
public enum SourceColorKind {
  /** One channel, with or without alpha, or a palette of greys. */
  GREY,
  /** Three channels, or a palette of such colours. */
  RGB,
  /** Anything else, such as CMYK or Lab; results are sRGB. */
  OTHER
}
