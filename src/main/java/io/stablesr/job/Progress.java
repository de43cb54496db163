package io.stablesr.job;

/**
 * How far a job is.
 *
 * @param imagesDone images finished, failed ones included
 * @param imagesTotal images of the job
 * @param failures images that failed
 * @param tilesDone tile evaluations so far
 * @param costDone planned cost that is done, parts of unfinished images included
 * @param costTotal planned cost of the job
 * @param elapsedMillis elapsed time
 */
public record Progress(
    long imagesDone,
    long imagesTotal,
    long failures,
    long tilesDone,
    long costDone,
    long costTotal,
    long elapsedMillis) {}
