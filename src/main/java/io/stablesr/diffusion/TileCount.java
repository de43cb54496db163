package io.stablesr.diffusion;

/**
 * What sampling an image takes.
 *
 * @param tiles of its canvas; in every step those that are not flat are evaluated
 * @param evaluations tile evaluations in all: over all steps and guidance branches
 */
public record TileCount(int tiles, int evaluations) {}
