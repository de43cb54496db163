package io.stablesr.spark;

import java.io.Serializable;

/**
 * A result to be scored.
 *
 * @param scoreId digest of everything that its scores follow from
 * @param outputUri the result
 * @param referenceUri the true picture; null where there is none
 */
record ScoreItem(String scoreId, String outputUri, String referenceUri) implements Serializable {}
