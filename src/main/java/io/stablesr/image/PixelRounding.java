package io.stablesr.image;

/** How a value between two storable levels is stored. */
public enum PixelRounding {
  /** The nearest level. */
  ROUND,
  /** The level below, as the published scripts do: half a level darker on average. */
  TRUNCATE;

  /** {@code value}, clamped to 0..1, as a level 0..{@code max}. */
  int level(float value, int max) {
    float scaled = max * Math.min(Math.max(value, 0f), 1f);
    return (int) (this == ROUND ? scaled + 0.5f : scaled);
  }
}
