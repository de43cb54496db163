/**
 * Networks as recordings: running a network's Java code once on {@link io.stablesr.graph.Symbol}s
 * records its operations, parameter keys and shapes. From that one recording come the program that
 * the engine compiles, the parameter table that checkpoints are checked against, the parameter
 * count, the FLOP count and the activation estimate. Nothing here knows of dtypes, devices or
 * memory formats.
 */
package io.stablesr.graph;
