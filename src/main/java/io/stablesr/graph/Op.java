package io.stablesr.graph;

import java.util.List;

/**
 * One recorded operation. The records say what is computed, never how: dtype, memory format and
 * kernel are chosen when a {@link Graph} is compiled.
 */
public sealed interface Op {
  /** Dispatches on the kind of operation. */
  <R> R accept(OpVisitor<R> visitor);

  /** The parameters this operation reads, with shapes. */
  default List<ParameterSpec> parameters() {
    return List.of();
  }

  /** A tensor given at each evaluation. */
  record Input(String name) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.input(this);
    }
  }

  /** A weight used as a tensor, such as a positional embedding. */
  record Parameter(ParameterSpec spec) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.parameter(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(spec);
    }
  }

  /** 2-d cross-correlation of {@code [N,C,H,W]} with zero padding; at most one bias. */
  record Conv2d(ParameterSpec weight, List<ParameterSpec> bias, int stride, int padding)
      implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.conv2d(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return bias.isEmpty() ? List.of(weight) : List.of(weight, bias.get(0));
    }
  }

  /**
   * 2-d cross-correlation of {@code [N,C,H,W]} with a kernel and a bias that are sums of those of
   * several experts, {@code [K,O,C,k,k]} and {@code [K,O]}, weighted by a tensor {@code [1,K]}.
   */
  record MixedConv2d(ParameterSpec weight, ParameterSpec bias, int padding) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.mixedConv2d(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight, bias);
    }
  }

  /**
   * 2-d cross-correlation whose kernels are first brought to mean 0 and deviation 1 over inputs and
   * pixels (weight standardisation, Qiao et al. 2019); no padding, no bias.
   */
  record StandardizedConv2d(ParameterSpec weight, int stride) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.standardizedConv2d(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight);
    }
  }

  /**
   * Affine map of the last axis. The weight is {@code [out,in]}, or {@code [out,in,1]} or {@code
   * [out,in,1,1]} where the official model stores it as a 1x1 convolution.
   */
  record Linear(ParameterSpec weight, List<ParameterSpec> bias) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.linear(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return bias.isEmpty() ? List.of(weight) : List.of(weight, bias.get(0));
    }
  }

  /** Group normalisation over channels of {@code [N,C,...]} with affine weights. */
  record GroupNorm(ParameterSpec weight, ParameterSpec bias, int groups, double epsilon)
      implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.groupNorm(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight, bias);
    }
  }

  /**
   * Normalisation of each channel of {@code [N,C,H,W]} over batch and pixels with affine weights;
   * the statistics are those of the batch at hand.
   */
  record BatchNorm(ParameterSpec weight, ParameterSpec bias, double epsilon) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.batchNorm(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight, bias);
    }
  }

  /** Normalisation of each channel of {@code [N,C,H,W]} by statistics kept from the training. */
  record FrozenBatchNorm(
      ParameterSpec weight,
      ParameterSpec bias,
      ParameterSpec mean,
      ParameterSpec variance,
      double epsilon)
      implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.frozenBatchNorm(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight, bias, mean, variance);
    }
  }

  /** Layer normalisation of the last axis with affine weights. */
  record LayerNorm(ParameterSpec weight, ParameterSpec bias, double epsilon) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.layerNorm(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(weight, bias);
    }
  }

  /** Rows of a table {@code [vocabulary,C]} selected by ids {@code [N,L]}. */
  record Embedding(ParameterSpec table) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.embedding(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(table);
    }
  }

  /**
   * The row of a table {@code [codes,C]} that is nearest to each vector of {@code [N,C,H,W]} by
   * Euclidean distance; the first of equally near ones.
   */
  record NearestCode(ParameterSpec table) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.nearestCode(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(table);
    }
  }

  /** Element-wise functions of one tensor. */
  enum Function {
    SILU,
    RELU,
    /** The exact GELU, x * Phi(x). */
    GELU,
    /** {@code x * sigmoid(1.702 x)}, as CLIP was trained with. */
    QUICK_GELU,
    /** Leaky ReLU with slope 0.2. */
    LEAKY_RELU,
    /** Leaky ReLU with slope 0.1. */
    MILDLY_LEAKY_RELU,
    /** Leaky ReLU with slope 0.01. */
    BARELY_LEAKY_RELU
  }

  /** An element-wise function. */
  record Elementwise(Function function) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.elementwise(this);
    }
  }

  /** {@code max(x,0) + slope * min(x,0)} with a learned slope per channel. */
  record Prelu(ParameterSpec slopes) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.prelu(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(slopes);
    }
  }

  /** {@code a + scale * b}, broadcasting. */
  record Add(double scale) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.add(this);
    }
  }

  /** {@code a * b}, broadcasting. */
  record Multiply() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.multiply(this);
    }
  }

  /** {@code [N,C,H,W] + [N,C]}: a value per channel. */
  record AddChannels() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.addChannels(this);
    }
  }

  /** {@code h * (1 + gamma) + beta}: feature modulation (SPADE, Park et al. 2019). */
  record Modulate() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.modulate(this);
    }
  }

  /** {@code value * GELU(gate)} where the last axis holds value, then gate. */
  record GatedGelu() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.gatedGelu(this);
    }
  }

  /** Concatenation along the channel axis 1. */
  record ConcatChannels() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.concatChannels(this);
    }
  }

  /** Bilinear enlargement by a whole factor with half-pixel centres; edges are repeated. */
  record UpsampleBilinear(int factor) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.upsampleBilinear(this);
    }
  }

  /** Nearest-neighbour enlargement by two. */
  record UpsampleNearest() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.upsampleNearest(this);
    }
  }

  /**
   * The largest value of each square window; there is no padding.
   *
   * @param kernel side of the window
   * @param stride step between windows
   * @param edge what becomes of a window that is not whole
   */
  record MaxPool(int kernel, int stride, Edge edge) implements Op {
    /** What becomes of a window that reaches beyond the last pixel. */
    public enum Edge {
      /** It is left out. */
      DROPPED,
      /** Its pixels inside count, if it begins inside. */
      KEPT
    }

    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.maxPool(this);
    }

    int outSide(int side) {
      int rest = side - kernel;
      return (edge == Edge.KEPT ? -Math.floorDiv(-rest, stride) : rest / stride) + 1;
    }
  }

  /**
   * The mean of each square window. Pixels of the padding do not count.
   *
   * @param kernel side of the window
   * @param stride step between windows
   * @param padding pixels that windows begin outside
   */
  record AveragePool(int kernel, int stride, int padding) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.averagePool(this);
    }

    int outSide(int side) {
      return (side + 2 * padding - kernel) / stride + 1;
    }
  }

  /**
   * Halves a picture by the root of the weighted mean of squares over 3x3 pixels, weights {@code (1
   * 2 1)} in each direction, zeros around (Ding et al. 2020).
   */
  record SquarePool() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.squarePool(this);
    }
  }

  /** Zeros around a picture. */
  record Pad(int top, int bottom, int left, int right) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.pad(this);
    }
  }

  /** {@code [N,C*f*f,H,W]} to {@code [N,C,f*H,f*W]}. */
  record PixelShuffle(int factor) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.pixelShuffle(this);
    }
  }

  /** {@code [N,C,f*H,f*W]} to {@code [N,C*f*f,H,W]}, channels in the order c, dy, dx. */
  record PixelUnshuffle(int factor) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.pixelUnshuffle(this);
    }
  }

  /** Adds a constant to each channel of {@code [N,C,H,W]}. */
  record Shift(List<Double> constants) implements Op {
    /** Takes a copy. */
    public Shift {
      constants = List.copyOf(constants);
    }

    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.shift(this);
    }
  }

  /** One column of zeros at the right and one row at the bottom. */
  record PadRightBottom() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.padRightBottom(this);
    }
  }

  /** {@code [N,C,H,W]} to {@code [N,H*W,C]}. */
  record ToTokens() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.toTokens(this);
    }
  }

  /** {@code [N,H*W,C]} back to the spatial size of the second input. */
  record ToImage() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.toImage(this);
    }
  }

  /** The {@code index}-th of {@code count} equal parts of the last axis. */
  record Chunk(int index, int count) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.chunk(this);
    }
  }

  /** Which keys a query may see. */
  enum Mask {
    NONE,
    /** Keys after the query are hidden. */
    CAUSAL
  }

  /**
   * Multi-head attention of {@code q [N,L,C]} on {@code k,v [N,S,C]}: softmax(q k^T /
   * sqrt(C/heads)) v per head.
   */
  record Attention(int heads, Mask mask) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.attention(this);
    }
  }

  /**
   * Attention on {@code [N,L,3C]} whose channels are grouped per head as query, key, value (the
   * layout of the time-aware encoder's {@code qkv}).
   */
  record PackedAttention(int heads) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.packedAttention(this);
    }
  }

  /**
   * Multi-head attention inside square windows (Liu et al. 2021) of tokens {@code [N,H*W,3C]} whose
   * channels are all queries, then keys, then values; H and W, multiples of the side, are those of
   * the second input. A learned bias per head and relative place is added to the logits.
   *
   * @param side of a window
   * @param shift places by which the windows are moved up and left, around the border; tokens that
   *     are not neighbours in the picture do not see each other
   * @param biases table {@code [(2*side-1)^2,heads]}
   */
  record WindowAttention(int heads, int side, int shift, ParameterSpec biases) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.windowAttention(this);
    }

    @Override
    public List<ParameterSpec> parameters() {
      return List.of(biases);
    }
  }

  /** Sinusoidal embedding of timesteps {@code [N]} to {@code [N,width]}, cosines first. */
  record TimestepEmbedding(int width) implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.timestepEmbedding(this);
    }
  }

  /**
   * Repeats the whole batch until it has as many entries as the second input: a b a b. A vector of
   * one entry stays as it is, since it serves every entry.
   */
  record RepeatBatch() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.repeatBatch(this);
    }
  }

  /** Repeats each entry until the batch has as many entries as the second input: a a b b. */
  record StretchBatch() implements Op {
    @Override
    public <R> R accept(OpVisitor<R> visitor) {
      return visitor.stretchBatch(this);
    }
  }
}
