/**
 * Benchmark sweeps without Spark: what a configuration file asks for, the configurations of its
 * grids, statistics over the scores, tables beside published figures.
 */
package io.stablesr.sweep;
