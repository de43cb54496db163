package io.stablesr.engine;

/** Where group normalisations take mean and variance from. */
public enum NormStatistics {
  /** From the tensor they normalise. */
  LOCAL,
  /**
   * From an argument, so that windows of one picture are normalised alike. The program then has two
   * further inputs and one further output; the batch is 1.
   *
   * <ul>
   *   <li>input {@code norm-statistics [K,5,G]}: per normalisation in the order of {@link
   *       CompiledNetwork#norms()} the picture's mean M and variance V, a mode, and mean m and
   *       variance v that this window had when M and V were found. Mode 0 normalises with what the
   *       window has now, m' and v'; mode 1 with M and V; mode 2 with {@code m' + (M-m) sqrt(v'/v)}
   *       and {@code V v'/v}, which is M and V where nothing before this normalisation has changed
   *   <li>input {@code interior [5]}: rows from..to and columns from..to of the part of the window
   *       that statistics are taken over, and the height of the whole window, all in units of which
   *       every normalised tensor has a whole number of pixels
   *   <li>output {@code norm-statistics [K,2,G]}: m' and v'
   * </ul>
   */
  SHARED
}
