package io.stablesr.spark;

import java.io.Serializable;

/**
 * A result to be scored.
 *
 * @param scoreId digest of everything that its scores follow from
 * @param outputUri the result
 * @param referenceUri the true picture; null where there is none
 * @param inputUri the low-quality picture; null where no metric looks at it
 */
record ScoreItem(String scoreId, String outputUri, String referenceUri, String inputUri)
    implements Serializable {}
