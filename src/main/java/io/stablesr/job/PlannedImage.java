package io.stablesr.job;

/**
 * An image that has its place.
 *
 * @param entry the image
 * @param outputUri where its result goes
 */
public record PlannedImage(ImageEntry entry, String outputUri) {}
