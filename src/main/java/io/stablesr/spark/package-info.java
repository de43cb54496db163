/** The Spark jobs; the only package that imports Spark and Hadoop. */
package io.stablesr.spark;
