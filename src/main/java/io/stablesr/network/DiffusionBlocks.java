package io.stablesr.network;

import io.stablesr.graph.Op;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/** Blocks that the UNet and the time-aware encoder share. */
final class DiffusionBlocks {
  /** Epsilon of the group normalisations of residual and attention blocks. */
  static final double EPSILON = 1e-5;

  private DiffusionBlocks() {}

  /** Time embedding {@code [N,4*width]} of timesteps {@code [N]}. */
  static Symbol timeEmbedding(Scope scope, Symbol timesteps, int width) {
    Symbol hidden = timesteps.timestepEmbedding(width).linear(scope.at("0"), 4 * width).silu();
    return hidden.linear(scope.at("2"), 4 * width).named(scope.prefix());
  }

  /** The part of a residual block before the skip addition. */
  static Symbol residualBranch(Scope scope, Symbol x, Symbol time, int outChannels, int groups) {
    Symbol h = x.groupNorm(scope.at("in_layers.0"), groups, EPSILON).silu();
    h = h.conv3x3(scope.at("in_layers.2"), outChannels);
    h = h.plusChannels(time.silu().linear(scope.at("emb_layers.1"), outChannels));
    h = h.groupNorm(scope.at("out_layers.0"), groups, EPSILON).silu();
    return h.conv3x3(scope.at("out_layers.3"), outChannels);
  }

  /** The skip of a residual block: a 1x1 convolution where the channels change. */
  static Symbol skip(Scope scope, Symbol x, int outChannels) {
    if (x.channels() == outChannels) {
      return x;
    }
    return x.conv1x1(scope.at("skip_connection"), outChannels);
  }

  /** A residual block without modulation. */
  static Symbol residual(Scope scope, Symbol x, Symbol time, int outChannels, int groups) {
    Symbol branch = residualBranch(scope, x, time, outChannels, groups);
    return skip(scope, x, outChannels).plus(branch).named(scope.prefix());
  }

  /** Halves the resolution. */
  static Symbol downsample(Scope scope, Symbol x) {
    return x.conv(scope.at("op"), x.channels(), 3, 2, 1);
  }

  /** The encoder's attention block, whose projections are stored as 1-d convolutions. */
  static Symbol attention(Scope scope, Symbol x, int heads, int groups) {
    Symbol tokens = x.groupNorm(scope.at("norm"), groups, EPSILON).toTokens();
    Symbol attended = tokens.pointwise(scope.at("qkv"), 3 * x.channels(), 3).attendPacked(heads);
    Symbol projected = attended.pointwise(scope.at("proj_out"), x.channels(), 3);
    return x.plus(projected.toImage(x)).named(scope.prefix());
  }

  /**
   * A transformer over the pixels: self-attention, cross-attention on the text context {@code
   * [N,L,contextWidth]}, gated feed-forward.
   */
  static Symbol transformer(Scope scope, Symbol x, Symbol context, UnetConfig config) {
    int channels = x.channels();
    int heads = channels / config.headChannels();
    Symbol tokens =
        x.groupNorm(scope.at("norm"), config.normGroups(), 1e-6)
            .toTokens()
            .linear(scope.at("proj_in"), channels);
    Scope block = scope.at("transformer_blocks.0");
    Symbol self = tokens.layerNorm(block.at("norm1"));
    tokens = tokens.plus(attend(block.at("attn1"), self, self, heads));
    Symbol cross = tokens.layerNorm(block.at("norm2"));
    tokens = tokens.plus(attend(block.at("attn2"), cross, context, heads));
    int hidden = config.feedForwardMultiplier() * channels;
    Symbol forward =
        tokens
            .layerNorm(block.at("norm3"))
            .linear(block.at("ff.net.0.proj"), 2 * hidden)
            .gatedGelu()
            .linear(block.at("ff.net.2"), channels)
            .named(block.at("ff").prefix());
    tokens = tokens.plus(forward).named(block.prefix());
    Symbol out = tokens.linear(scope.at("proj_out"), channels).toImage(x);
    return x.plus(out).named(scope.prefix());
  }

  private static Symbol attend(Scope scope, Symbol queries, Symbol source, int heads) {
    int width = queries.dim(-1);
    Symbol q = queries.linearWithoutBias(scope.at("to_q"), width);
    Symbol k = source.linearWithoutBias(scope.at("to_k"), width);
    Symbol v = source.linearWithoutBias(scope.at("to_v"), width);
    return q.attend(k, v, heads, Op.Mask.NONE)
        .linear(scope.at("to_out.0"), width)
        .named(scope.prefix());
  }
}
