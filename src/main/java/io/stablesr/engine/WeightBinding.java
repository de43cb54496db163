package io.stablesr.engine;

/** How a program holds its weights. */
enum WeightBinding {
  /** Converted once to the dtype and layout in which operations use them. */
  PREPARED,
  /** Shared fp32 tensors that change between evaluations and that gradients are taken of. */
  LIVE
}
