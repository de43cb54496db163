package io.stablesr.spark;

/**
 * A picture of a data set.
 *
 * @param dataSet name of the set
 * @param stem name of the picture without extension
 * @param inputUri the low-quality picture
 * @param inputVersion as the listing gave it
 * @param referenceUri the true picture; null where there is none
 * @param referenceVersion as the listing gave it; null where there is none
 */
record SweepImage(
    String dataSet,
    String stem,
    String inputUri,
    String inputVersion,
    String referenceUri,
    String referenceVersion) {
  /** Its id in the upscale jobs, on which the noise depends. */
  String id() {
    return dataSet + "/" + stem;
  }
}
