package io.stablesr.restore;

/** Whose tiles may be evaluated in one native call. */
public enum TileSharing {
  /** Those of one image: what an image becomes does not depend on what else is computed. */
  WITHIN_IMAGE,
  /** Those of all images of the process: fuller calls, equal results within rounding only. */
  ACROSS_IMAGES
}
