/** Pages that show what a run did, without Spark: a folder of HTML and pictures. */
package io.stablesr.report;
