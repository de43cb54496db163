package io.stablesr.diffusion;

/**
 * What sampling an image takes.
 *
 * @param tiles of its canvas, evaluated in every step
 * @param evaluations tile evaluations in all: over all steps and guidance branches
 */
public record TileCount(int tiles, int evaluations) {}
