/**
 * Replays recorded reference tensors and compares every recorded result with ours. {@link
 * io.stablesr.parity.ParityRun} is the entry point; what a file means is known by the {@link
 * io.stablesr.parity.Replayer} of its number.
 */
package io.stablesr.parity;
