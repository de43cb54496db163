/**
 * Metrics of image quality (docs/metrics.md). Pictures are {@code [3,H,W]} in 0..1, as an 8-bit
 * file holds them; all sums are taken in double precision.
 */
package io.stablesr.metric;
