package io.stablesr.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a recording: the result of one {@link Op}. Networks are written as methods from
 * symbols to symbols. Shapes are those of the recording; the compiled program works for any batch
 * and any spatial size, because no operation stores them.
 */
public final class Symbol {
  private final Recorder recorder;
  private final int id;
  private final Op op;
  private final List<Symbol> inputs;
  private final int[] shape;

  Symbol(Recorder recorder, int id, Op op, List<Symbol> inputs, int[] shape) {
    this.recorder = recorder;
    this.id = id;
    this.op = op;
    this.inputs = List.copyOf(inputs);
    this.shape = shape;
  }

  /** Position in the order of recording. */
  public int id() {
    return id;
  }

  /** What computes this tensor. */
  public Op op() {
    return op;
  }

  /** What it is computed from. */
  public List<Symbol> inputs() {
    return inputs;
  }

  /** Length of dimension {@code axis} in the recording; negative counts from the end. */
  public int dim(int axis) {
    return shape[axis < 0 ? shape.length + axis : axis];
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Number of values in the recording. */
  public long size() {
    long size = 1;
    for (int length : shape) {
      size *= length;
    }
    return size;
  }

  /** Number of channels of an {@code [N,C,H,W]} tensor. */
  public int channels() {
    return dim(1);
  }

  /** Gives this tensor a name under which a compiled graph can return it. */
  public Symbol named(String name) {
    recorder.name(this, name);
    return this;
  }

  /** 3x3 convolution, stride 1, padding 1, with parameters {@code scope.weight, scope.bias}. */
  public Symbol conv3x3(Scope scope, int outChannels) {
    return conv(scope, outChannels, 3, 1, 1);
  }

  /** 1x1 convolution. */
  public Symbol conv1x1(Scope scope, int outChannels) {
    return conv(scope, outChannels, 1, 1, 0);
  }

  /**
   * Square convolution of {@code kernel} pixels with parameters {@code scope.weight, scope.bias}.
   */
  public Symbol conv(Scope scope, int outChannels, int kernel, int stride, int padding) {
    List<ParameterSpec> bias = List.of(vector(scope, "bias", outChannels));
    return conv(scope, bias, outChannels, kernel, stride, padding);
  }

  /** {@link #conv} without a bias. */
  public Symbol convWithoutBias(Scope scope, int outChannels, int kernel, int stride, int padding) {
    return conv(scope, List.of(), outChannels, kernel, stride, padding);
  }

  private Symbol conv(
      Scope scope, List<ParameterSpec> bias, int outChannels, int kernel, int stride, int padding) {
    ParameterSpec weight =
        new ParameterSpec(scope.key("weight"), List.of(outChannels, channels(), kernel, kernel));
    int height = (dim(2) + 2 * padding - kernel) / stride + 1;
    int width = (dim(3) + 2 * padding - kernel) / stride + 1;
    Op.Conv2d conv = new Op.Conv2d(weight, bias, stride, padding);
    return record(conv, List.of(this), dim(0), outChannels, height, width).named(scope.prefix());
  }

  /**
   * Convolution of {@code kernel x kernel} pixels that keeps the size, mixed from the experts
   * {@code scope.weight [K,O,C,k,k]} and {@code scope.bias [K,O]} by {@code shares [1,K]}.
   */
  public Symbol convMixed(Scope scope, Symbol shares, int outChannels, int kernel) {
    int experts = shares.dim(1);
    Op conv =
        new Op.MixedConv2d(
            new ParameterSpec(
                scope.key("weight"), List.of(experts, outChannels, channels(), kernel, kernel)),
            new ParameterSpec(scope.key("bias"), List.of(experts, outChannels)),
            kernel / 2);
    return record(conv, List.of(this, shares), dim(0), outChannels, dim(2), dim(3))
        .named(scope.prefix());
  }

  /** Convolution of {@code height x width} pixels without bias, stride 1 and no padding. */
  public Symbol convOf(Scope scope, int outChannels, int height, int width) {
    ParameterSpec weight =
        new ParameterSpec(scope.key("weight"), List.of(outChannels, channels(), height, width));
    Op conv = new Op.Conv2d(weight, List.of(), 1, 0);
    return record(conv, List.of(this), dim(0), outChannels, dim(2) - height + 1, dim(3) - width + 1)
        .named(scope.prefix());
  }

  /** Convolution with standardised kernels, no padding. */
  public Symbol convStandardized(Scope scope, int outChannels, int kernel, int stride) {
    ParameterSpec weight =
        new ParameterSpec(scope.key("weight"), List.of(outChannels, channels(), kernel, kernel));
    int height = (dim(2) - kernel) / stride + 1;
    int width = (dim(3) - kernel) / stride + 1;
    Op conv = new Op.StandardizedConv2d(weight, stride);
    return record(conv, List.of(this), dim(0), outChannels, height, width).named(scope.prefix());
  }

  /** Affine map of the last axis with {@code scope.weight [out,in]} and {@code scope.bias}. */
  public Symbol linear(Scope scope, int outFeatures) {
    return linear(
        scope,
        new ParameterSpec(scope.key("weight"), List.of(outFeatures, dim(-1))),
        List.of(vector(scope, "bias", outFeatures)));
  }

  /** Linear map of the last axis without a bias. */
  public Symbol linearWithoutBias(Scope scope, int outFeatures) {
    return linear(
        scope, new ParameterSpec(scope.key("weight"), List.of(outFeatures, dim(-1))), List.of());
  }

  /**
   * Affine map of the last axis whose weight is stored as a 1x1 convolution of {@code rank}-2 axes.
   */
  public Symbol pointwise(Scope scope, int outFeatures, int rank) {
    List<Integer> weight = new ArrayList<>(List.of(outFeatures, dim(-1)));
    while (weight.size() < rank) {
      weight.add(1);
    }
    return linear(
        scope,
        new ParameterSpec(scope.key("weight"), weight),
        List.of(vector(scope, "bias", outFeatures)));
  }

  /** Affine map with explicitly keyed weights, such as {@code attn.in_proj_weight}. */
  public Symbol linear(Scope name, ParameterSpec weight, List<ParameterSpec> bias) {
    int[] out = shape.clone();
    out[out.length - 1] = weight.shape().get(0);
    return record(new Op.Linear(weight, bias), List.of(this), out).named(name.prefix());
  }

  /** Group normalisation with affine weights. */
  public Symbol groupNorm(Scope scope, int groups, double epsilon) {
    if (channels() % groups != 0) {
      throw new IllegalArgumentException(
          "%s: %d channels cannot be split into %d groups"
              .formatted(scope.prefix(), channels(), groups));
    }
    return record(
            new Op.GroupNorm(
                vector(scope, "weight", channels()),
                vector(scope, "bias", channels()),
                groups,
                epsilon),
            List.of(this),
            shape)
        .named(scope.prefix());
  }

  /** Batch normalisation with affine weights and epsilon 1e-5. */
  public Symbol batchNorm(Scope scope) {
    Op norm =
        new Op.BatchNorm(
            vector(scope, "weight", channels()), vector(scope, "bias", channels()), 1e-5);
    return record(norm, List.of(this), shape);
  }

  /** Batch normalisation by the statistics {@code running_mean} and {@code running_var}. */
  public Symbol frozenBatchNorm(Scope scope, double epsilon) {
    Op norm =
        new Op.FrozenBatchNorm(
            vector(scope, "weight", channels()),
            vector(scope, "bias", channels()),
            vector(scope, "running_mean", channels()),
            vector(scope, "running_var", channels()),
            epsilon);
    return record(norm, List.of(this), shape);
  }

  /** Layer normalisation of the last axis with epsilon 1e-5. */
  public Symbol layerNorm(Scope scope) {
    return layerNorm(scope, 1e-5);
  }

  /** Layer normalisation of the last axis. */
  public Symbol layerNorm(Scope scope, double epsilon) {
    int width = dim(-1);
    Op norm =
        new Op.LayerNorm(vector(scope, "weight", width), vector(scope, "bias", width), epsilon);
    return record(norm, List.of(this), shape).named(scope.prefix());
  }

  /** Rows of the table {@code scope.weight [vocabulary,width]} for ids {@code [N,L]}. */
  public Symbol embedding(Scope scope, int vocabulary, int width) {
    ParameterSpec table = new ParameterSpec(scope.key("weight"), List.of(vocabulary, width));
    return record(new Op.Embedding(table), List.of(this), dim(0), dim(1), width);
  }

  /** The nearest of {@code codes} rows of {@code scope.weight [codes,C]} for each place. */
  public Symbol nearestCode(Scope scope, int codes) {
    ParameterSpec table = new ParameterSpec(scope.key("weight"), List.of(codes, channels()));
    return record(new Op.NearestCode(table), List.of(this), shape).named(scope.prefix());
  }

  /** {@code x * sigmoid(x)}. */
  public Symbol silu() {
    return elementwise(Op.Function.SILU);
  }

  /** {@code max(x, 0)}. */
  public Symbol relu() {
    return elementwise(Op.Function.RELU);
  }

  /** The exact GELU. */
  public Symbol gelu() {
    return elementwise(Op.Function.GELU);
  }

  /** {@code x * sigmoid(1.702 x)}. */
  public Symbol quickGelu() {
    return elementwise(Op.Function.QUICK_GELU);
  }

  /** Leaky ReLU with slope 0.2. */
  public Symbol leakyRelu() {
    return elementwise(Op.Function.LEAKY_RELU);
  }

  /** Leaky ReLU with slope 0.1. */
  public Symbol mildlyLeakyRelu() {
    return elementwise(Op.Function.MILDLY_LEAKY_RELU);
  }

  /** Leaky ReLU with slope 0.01. */
  public Symbol barelyLeakyRelu() {
    return elementwise(Op.Function.BARELY_LEAKY_RELU);
  }

  /** Leaky ReLU whose slopes {@code scope.weight [C]} are learned. */
  public Symbol prelu(Scope scope) {
    return record(new Op.Prelu(vector(scope, "weight", channels())), List.of(this), shape);
  }

  /** The sum; {@code other} may be broadcast. */
  public Symbol plus(Symbol other) {
    return plusScaled(other, 1);
  }

  /** {@code this + scale * other}. */
  public Symbol plusScaled(Symbol other, double scale) {
    return record(new Op.Add(scale), List.of(this, other), shape);
  }

  /** The product; {@code other} may be broadcast. */
  public Symbol times(Symbol other) {
    return record(new Op.Multiply(), List.of(this, other), shape);
  }

  /** Adds {@code perChannel [N,C]} to every pixel. */
  public Symbol plusChannels(Symbol perChannel) {
    return record(new Op.AddChannels(), List.of(this, perChannel), shape);
  }

  /** {@code this * (1 + gamma) + beta}. */
  public Symbol modulate(Symbol gamma, Symbol beta) {
    return record(new Op.Modulate(), List.of(this, gamma, beta), shape);
  }

  /** Value times GELU of the gate; halves the last axis. */
  public Symbol gatedGelu() {
    int[] out = shape.clone();
    out[out.length - 1] /= 2;
    return record(new Op.GatedGelu(), List.of(this), out);
  }

  /** This tensor's channels, then those of {@code others}. */
  public Symbol concatChannels(Symbol... others) {
    List<Symbol> all = new ArrayList<>(List.of(this));
    all.addAll(List.of(others));
    int[] out = shape.clone();
    out[1] = all.stream().mapToInt(Symbol::channels).sum();
    return record(new Op.ConcatChannels(), all, out);
  }

  /** Nearest-neighbour enlargement by two. */
  public Symbol upsampleNearest() {
    return record(new Op.UpsampleNearest(), List.of(this), dim(0), dim(1), 2 * dim(2), 2 * dim(3));
  }

  /** Bilinear enlargement by a whole factor. */
  public Symbol upsampleBilinear(int factor) {
    return record(
        new Op.UpsampleBilinear(factor),
        List.of(this),
        dim(0),
        dim(1),
        factor * dim(2),
        factor * dim(3));
  }

  /** The largest value of each window of {@code kernel} pixels, {@code stride} apart. */
  public Symbol maxPool(int kernel, int stride, Op.MaxPool.Edge edge) {
    Op.MaxPool pool = new Op.MaxPool(kernel, stride, edge);
    return record(pool, List.of(this), dim(0), dim(1), pool.outSide(dim(2)), pool.outSide(dim(3)));
  }

  /** The mean of each window; {@code padding} pixels around do not count. */
  public Symbol averagePool(int kernel, int stride, int padding) {
    Op.AveragePool pool = new Op.AveragePool(kernel, stride, padding);
    return record(pool, List.of(this), dim(0), dim(1), pool.outSide(dim(2)), pool.outSide(dim(3)));
  }

  /** Half the size by the root of weighted means of squares. */
  public Symbol squarePool() {
    int height = (dim(2) - 1) / 2 + 1;
    int width = (dim(3) - 1) / 2 + 1;
    return record(new Op.SquarePool(), List.of(this), dim(0), dim(1), height, width);
  }

  /** Zeros around a picture. */
  public Symbol pad(int top, int bottom, int left, int right) {
    return record(
        new Op.Pad(top, bottom, left, right),
        List.of(this),
        dim(0),
        dim(1),
        dim(2) + top + bottom,
        dim(3) + left + right);
  }

  /** Moves groups of {@code factor^2} channels to blocks of pixels. */
  public Symbol pixelShuffle(int factor) {
    return record(
        new Op.PixelShuffle(factor),
        List.of(this),
        dim(0),
        dim(1) / (factor * factor),
        factor * dim(2),
        factor * dim(3));
  }

  /** Moves blocks of {@code factor x factor} pixels to channels. */
  public Symbol pixelUnshuffle(int factor) {
    return record(
        new Op.PixelUnshuffle(factor),
        List.of(this),
        dim(0),
        dim(1) * factor * factor,
        dim(2) / factor,
        dim(3) / factor);
  }

  /** Adds a constant to each channel. */
  public Symbol shift(List<Double> constants) {
    return record(new Op.Shift(constants), List.of(this), shape);
  }

  /** One zero column at the right and one zero row at the bottom. */
  public Symbol padRightBottom() {
    return record(new Op.PadRightBottom(), List.of(this), dim(0), dim(1), dim(2) + 1, dim(3) + 1);
  }

  /** {@code [N,C,H,W]} to {@code [N,H*W,C]}. */
  public Symbol toTokens() {
    return record(new Op.ToTokens(), List.of(this), dim(0), dim(2) * dim(3), dim(1));
  }

  /** {@code [N,H*W,C]} back to an image of the spatial size of {@code like}. */
  public Symbol toImage(Symbol like) {
    return record(new Op.ToImage(), List.of(this, like), dim(0), dim(2), like.dim(2), like.dim(3));
  }

  /** The {@code index}-th of {@code count} equal parts of the last axis. */
  public Symbol chunk(int index, int count) {
    int[] out = shape.clone();
    out[out.length - 1] /= count;
    return record(new Op.Chunk(index, count), List.of(this), out);
  }

  /** Multi-head attention with this tensor as the queries. */
  public Symbol attend(Symbol keys, Symbol values, int heads, Op.Mask mask) {
    return record(new Op.Attention(heads, mask), List.of(this, keys, values), shape);
  }

  /** Multi-head attention of packed {@code [N,L,3C]} tokens. */
  public Symbol attendPacked(int heads) {
    return record(new Op.PackedAttention(heads), List.of(this), dim(0), dim(1), dim(2) / 3);
  }

  /**
   * Attention inside shifted windows of tokens {@code [N,L,3C]} of an image of the size of {@code
   * like}, with the biases {@code scope.relative_position_bias_table}.
   */
  public Symbol attendInWindows(Symbol like, Scope scope, int heads, int side, int shift) {
    int places = (2 * side - 1) * (2 * side - 1);
    ParameterSpec biases =
        new ParameterSpec(scope.key("relative_position_bias_table"), List.of(places, heads));
    return record(
        new Op.WindowAttention(heads, side, shift, biases),
        List.of(this, like),
        dim(0),
        dim(1),
        dim(2) / 3);
  }

  /** Sinusoidal embedding of timesteps. */
  public Symbol timestepEmbedding(int width) {
    return record(new Op.TimestepEmbedding(width), List.of(this), dim(0), width);
  }

  /** The batch repeated as a whole to the batch size of {@code like}. */
  public Symbol repeatBatch(Symbol like) {
    return batch(new Op.RepeatBatch(), like);
  }

  /** Each entry of the batch repeated to the batch size of {@code like}. */
  public Symbol stretchBatch(Symbol like) {
    return batch(new Op.StretchBatch(), like);
  }

  private Symbol batch(Op op, Symbol like) {
    int[] out = shape.clone();
    out[0] = like.dim(0);
    return record(op, List.of(this, like), out);
  }

  /** A function of each value. */
  public Symbol elementwise(Op.Function function) {
    return record(new Op.Elementwise(function), List.of(this), shape);
  }

  private static ParameterSpec vector(Scope scope, String name, int length) {
    return new ParameterSpec(scope.key(name), List.of(length));
  }

  private Symbol record(Op op, List<Symbol> inputs, int... outShape) {
    return recorder.record(op, inputs, outShape);
  }
}
