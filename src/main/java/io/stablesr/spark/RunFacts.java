package io.stablesr.spark;

import java.io.Serializable;

/**
 * What all rows of a run have in common.
 *
 * @param runId identity of the run
 * @param bundleLicence licence of the model's weights
 * @param softwareVersion name and version of this program
 */
record RunFacts(String runId, String bundleLicence, String softwareVersion)
    implements Serializable {}
