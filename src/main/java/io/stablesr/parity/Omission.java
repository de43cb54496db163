package io.stablesr.parity;

/** A recorded tensor that was not compared, and why. */
public record Omission(String tensor, String reason) {}
