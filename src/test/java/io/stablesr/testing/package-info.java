/** What several tests and the benchmarks share: weights made from names, files made from them. */
package io.stablesr.testing;
