package io.stablesr.parity;

/**
 * One recorded result and ours.
 *
 * @param tensor its name in the file, with an index where a slice is compared
 * @param maxAbs largest absolute error; NaN where nothing could be compared
 * @param relativeL2 relative error in the Euclidean norm; NaN where nothing could be compared
 * @param tolerance what was allowed
 * @param passed whether it was met
 * @param note why it failed without numbers, or empty
 */
public record TensorCheck(
    String tensor,
    double maxAbs,
    double relativeL2,
    String tolerance,
    boolean passed,
    String note) {}
