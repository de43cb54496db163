/** Measurements with a main method, run by {@code jobs/bench}; no test depends on them. */
package io.stablesr.bench;
