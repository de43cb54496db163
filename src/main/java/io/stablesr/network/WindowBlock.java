package io.stablesr.network;

import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * A transformer block with attention inside shifted windows (Liu et al. 2021), under the names of
 * SwinIR.
 *
 * @param heads of attention
 * @param window side of a window
 * @param hidden width inside the two-layer perceptron
 */
record WindowBlock(int heads, int window, int hidden) {
  WindowBlock {
    Checks.positive("heads", heads);
    Checks.positive("window", window);
    Checks.positive("hidden", hidden);
  }

  /** {@code x [N,L,C]}, tokens of a picture of the size of {@code like}. */
  Symbol apply(Symbol x, Symbol like, Scope scope, int shift) {
    int channels = x.dim(2);
    Scope attention = scope.at("attn");
    Symbol attended =
        x.layerNorm(scope.at("norm1"))
            .linear(attention.at("qkv"), 3 * channels)
            .attendInWindows(like, attention, heads, window, shift)
            .linear(attention.at("proj"), channels);
    Symbol h = x.plus(attended);
    Symbol forward =
        h.layerNorm(scope.at("norm2"))
            .linear(scope.at("mlp.fc1"), hidden)
            .gelu()
            .linear(scope.at("mlp.fc2"), channels);
    return h.plus(forward).named(scope.prefix());
  }
}
