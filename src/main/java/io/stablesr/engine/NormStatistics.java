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
   *   <li>input {@code norm-statistics [K,3,G]}: per normalisation in the order of {@link
   *       CompiledNetwork#norms()} mean, variance and whether they are given (1) or the
   *       normalisation uses those of its own interior (0)
   *   <li>input {@code interior [5]}: rows from..to and columns from..to of the window that
   *       statistics are taken over, and the height of the whole tensor, all in units of which
   *       every normalised tensor has a whole number of pixels
   *   <li>output {@code norm-statistics [K,2,G]}: mean and variance over the interior
   * </ul>
   */
  SHARED
}
