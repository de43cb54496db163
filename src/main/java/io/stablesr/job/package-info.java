/**
 * Job logic that knows nothing of Spark: settings, manifests, output keys, planning, result rows,
 * progress.
 */
package io.stablesr.job;
