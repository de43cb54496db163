/**
 * Trainers of the autoencoder, the prior, the time-aware encoder and the feature wrapping, over the
 * same recorded graphs that restore pictures (docs/training.md).
 */
package io.stablesr.train;
