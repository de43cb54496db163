/** JMH benchmarks of kernels and stages; compiled in the Maven profile {@code jmh} only. */
package io.stablesr.jmh;
