/** Measurements with a main method, run by {@code jobs/bench-step}; no test depends on them. */
package io.stablesr.bench;
