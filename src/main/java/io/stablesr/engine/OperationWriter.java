package io.stablesr.engine;

import io.stablesr.engine.Program.Role;
import io.stablesr.engine.Program.WeightUse;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.OpVisitor;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the operations of a graph as TorchScript expressions, in the order in which they are
 * evaluated, and notes the weights they use.
 */
final class OperationWriter implements OpVisitor<String> {
  private final Graph graph;
  private final NormStatistics statistics;
  private final WeightBinding binding;
  private final Map<Integer, Integer> uses = new HashMap<>();
  private final Map<String, WeightUse> weights = new LinkedHashMap<>();
  private final List<String> norms = new ArrayList<>();
  private final Set<Integer> normGroups = new HashSet<>();
  private Symbol current;

  /** A writer of the operations that give {@code needed}. */
  OperationWriter(
      Graph graph, List<Symbol> needed, NormStatistics statistics, WeightBinding binding) {
    this.graph = graph;
    this.statistics = statistics;
    this.binding = binding;
    for (Symbol symbol : needed) {
      symbol.inputs().forEach(input -> uses.merge(input.id(), 1, Integer::sum));
    }
    // An output must not be overwritten by an in-place successor.
    graph.outputs().values().forEach(symbol -> uses.merge(symbol.id(), 2, Integer::sum));
  }

  /** The assignment of one symbol. */
  String assignment(Symbol symbol) {
    current = symbol;
    return name(symbol) + " = " + symbol.op().accept(this);
  }

  /** The weights of all operations so far, in the order of their first use. */
  List<WeightUse> weights() {
    return List.copyOf(weights.values());
  }

  /** Keys of the scales of normalisations with shared statistics so far. */
  List<String> norms() {
    return List.copyOf(norms);
  }

  @Override
  public String input(Op.Input op) {
    String argument = argument(op.name());
    if (isExact(current)) {
      return argument;
    }
    return (current.rank() == 4 ? "__torch__.image(" : "__torch__.low(") + argument + ")";
  }

  /** Timesteps, token ids and shares of experts are not activations and keep their type. */
  private boolean isExact(Symbol input) {
    return graph.symbols().stream()
        .filter(symbol -> symbol.inputs().contains(input))
        .anyMatch(
            symbol ->
                symbol.op() instanceof Op.TimestepEmbedding
                    || symbol.op() instanceof Op.Embedding
                    || (symbol.op() instanceof Op.MixedConv2d
                        && symbol.inputs().get(1).equals(input)));
  }

  @Override
  public String parameter(Op.Parameter op) {
    return weight(op.spec(), op.spec().shape(), Role.PLAIN, 1, 0);
  }

  @Override
  public String conv2d(Op.Conv2d op) {
    return call(
        "conv",
        in(0),
        weight(op.weight(), op.weight().shape(), Role.CONVOLUTION, op.stride(), op.padding()),
        op.bias().isEmpty()
            ? "None"
            : weight(op.bias().get(0), op.bias().get(0).shape(), Role.PLAIN, 1, 0),
        op.stride(),
        op.padding());
  }

  @Override
  public String mixedConv2d(Op.MixedConv2d op) {
    // Kernels are mixed in fp32, whatever they are used in.
    return call("mixed_conv", in(0), in(1), norm(op.weight()), norm(op.bias()), op.padding());
  }

  @Override
  public String nearestCode(Op.NearestCode op) {
    return call("nearest_code", in(0), norm(op.table()));
  }

  @Override
  public String standardizedConv2d(Op.StandardizedConv2d op) {
    String weight = weight(op.weight(), op.weight().shape(), Role.PLAIN, 1, 0);
    return call("standardized_conv", in(0), weight, op.stride());
  }

  @Override
  public String frozenBatchNorm(Op.FrozenBatchNorm op) {
    return call(
        "frozen_batch_norm",
        in(0),
        norm(op.weight()),
        norm(op.bias()),
        norm(op.mean()),
        norm(op.variance()),
        op.epsilon());
  }

  @Override
  public String batchNorm(Op.BatchNorm op) {
    return call("batch_norm", in(0), norm(op.weight()), norm(op.bias()), op.epsilon());
  }

  @Override
  public String linear(Op.Linear op) {
    List<Integer> matrix = op.weight().shape().subList(0, 2);
    String weight = weight(op.weight(), matrix, Role.MATRIX, 1, 0);
    if (op.bias().isEmpty()) {
      return call("linear", in(0), weight, "None");
    }
    ParameterSpec bias = op.bias().get(0);
    return call("linear", in(0), weight, weight(bias, bias.shape(), Role.PLAIN, 1, 0));
  }

  @Override
  public String groupNorm(Op.GroupNorm op) {
    if (statistics == NormStatistics.SHARED) {
      return sharedGroupNorm(op);
    }
    return call("group_norm", in(0), op.groups(), norm(op.weight()), norm(op.bias()), op.epsilon());
  }

  private String sharedGroupNorm(Op.GroupNorm op) {
    normGroups.add(op.groups());
    if (normGroups.size() > 1) {
      throw new IllegalStateException(
          graph.name() + " has normalisations of different group counts: " + normGroups);
    }
    String call =
        call(
            "shared_group_norm",
            in(0),
            op.groups(),
            norm(op.weight()),
            norm(op.bias()),
            op.epsilon(),
            "cells",
            "given[" + norms.size() + "]",
            "found");
    norms.add(op.weight().key());
    return call;
  }

  @Override
  public String layerNorm(Op.LayerNorm op) {
    return call("layer_norm", in(0), affine(op.weight()), affine(op.bias()), op.epsilon());
  }

  @Override
  public String embedding(Op.Embedding op) {
    String table = weight(op.table(), op.table().shape(), Role.PLAIN, 1, 0);
    return "torch.embedding(%s, %s.to(4))".formatted(table, in(0));
  }

  @Override
  public String elementwise(Op.Elementwise op) {
    boolean lastUse = uses.get(current.inputs().get(0).id()) == 1;
    // Autograd would have to copy what is overwritten.
    boolean fresh =
        binding == WeightBinding.PREPARED && ownsItsMemory(current.inputs().get(0).op());
    String suffix = lastUse && fresh ? "_" : "";
    return switch (op.function()) {
      case SILU -> "torch.silu%s(%s)".formatted(suffix, in(0));
      case RELU -> "torch.relu%s(%s)".formatted(suffix, in(0));
      case GELU -> "torch.gelu(%s, approximate=\"none\")".formatted(in(0));
      case QUICK_GELU ->
          "torch.mul(%s, torch.sigmoid(torch.mul(%s, 1.702)))".formatted(in(0), in(0));
      case LEAKY_RELU ->
          suffix.isEmpty()
              ? "torch.leaky_relu(%s, 0.2)".formatted(in(0))
              : "torch.leaky_relu_(%s, 0.2)".formatted(in(0));
      case MILDLY_LEAKY_RELU -> "torch.leaky_relu(%s, 0.10000000000000001)".formatted(in(0));
      case BARELY_LEAKY_RELU -> "torch.leaky_relu(%s, 0.01)".formatted(in(0));
    };
  }

  /** Whether the result is a new tensor, not a view of another or a weight. */
  private static boolean ownsItsMemory(Op op) {
    return op instanceof Op.Conv2d
        || op instanceof Op.StandardizedConv2d
        || op instanceof Op.FrozenBatchNorm
        || op instanceof Op.Linear
        || op instanceof Op.GroupNorm
        || op instanceof Op.LayerNorm
        || op instanceof Op.Add
        || op instanceof Op.Multiply
        || op instanceof Op.AddChannels
        || op instanceof Op.Modulate;
  }

  @Override
  public String prelu(Op.Prelu op) {
    String slopes = weight(op.slopes(), op.slopes().shape(), Role.PLAIN, 1, 0);
    return "torch.prelu(%s, %s)".formatted(in(0), slopes);
  }

  @Override
  public String add(Op.Add op) {
    if (op.scale() == 1) {
      return "torch.add(%s, %s)".formatted(in(0), in(1));
    }
    return "torch.add(%s, torch.mul(%s, %s))".formatted(in(0), in(1), op.scale());
  }

  @Override
  public String multiply(Op.Multiply op) {
    return "torch.mul(%s, %s)".formatted(in(0), in(1));
  }

  @Override
  public String addChannels(Op.AddChannels op) {
    return "torch.add(%s, torch.unsqueeze(torch.unsqueeze(%s, -1), -1))".formatted(in(0), in(1));
  }

  @Override
  public String modulate(Op.Modulate op) {
    return "torch.add(torch.mul(%s, torch.add(%s, 1)), %s)".formatted(in(0), in(1), in(2));
  }

  @Override
  public String gatedGelu(Op.GatedGelu op) {
    return call("gated_gelu", in(0));
  }

  @Override
  public String concatChannels(Op.ConcatChannels op) {
    String parts =
        current.inputs().stream().map(OperationWriter::name).collect(Collectors.joining(", "));
    return "torch.cat([" + parts + "], 1)";
  }

  @Override
  public String upsampleNearest(Op.UpsampleNearest op) {
    return call("upsample", in(0));
  }

  @Override
  public String upsampleBilinear(Op.UpsampleBilinear op) {
    return call("upsample_bilinear", in(0), op.factor());
  }

  @Override
  public String maxPool(Op.MaxPool op) {
    return "torch.max_pool2d(%s, [%d, %d], [%d, %d], [0, 0], [1, 1], %s)"
        .formatted(
            in(0),
            op.kernel(),
            op.kernel(),
            op.stride(),
            op.stride(),
            op.edge() == Op.MaxPool.Edge.KEPT ? "True" : "False");
  }

  @Override
  public String averagePool(Op.AveragePool op) {
    return "torch.avg_pool2d(%s, [%d, %d], [%d, %d], [%d, %d], False, False)"
        .formatted(
            in(0), op.kernel(), op.kernel(), op.stride(), op.stride(), op.padding(), op.padding());
  }

  @Override
  public String squarePool(Op.SquarePool op) {
    return call("square_pool", in(0));
  }

  @Override
  public String pad(Op.Pad op) {
    return "torch.constant_pad_nd(%s, [%d, %d, %d, %d], 0)"
        .formatted(in(0), op.left(), op.right(), op.top(), op.bottom());
  }

  @Override
  public String pixelShuffle(Op.PixelShuffle op) {
    return "torch.pixel_shuffle(%s, %d)".formatted(in(0), op.factor());
  }

  @Override
  public String pixelUnshuffle(Op.PixelUnshuffle op) {
    return "torch.pixel_unshuffle(%s, %d)".formatted(in(0), op.factor());
  }

  @Override
  public String shift(Op.Shift op) {
    return call("shift", in(0), op.constants());
  }

  @Override
  public String padRightBottom(Op.PadRightBottom op) {
    return "torch.constant_pad_nd(%s, [0, 1, 0, 1], 0)".formatted(in(0));
  }

  @Override
  public String toTokens(Op.ToTokens op) {
    return "torch.transpose(torch.flatten(%s, 2), 1, 2)".formatted(in(0));
  }

  @Override
  public String toImage(Op.ToImage op) {
    return call("to_image", in(0), in(1));
  }

  @Override
  public String chunk(Op.Chunk op) {
    return "torch.chunk(%s, %d, -1)[%d]".formatted(in(0), op.count(), op.index());
  }

  @Override
  public String attention(Op.Attention op) {
    String causal = op.mask() == Op.Mask.CAUSAL ? "True" : "False";
    return call("attention", in(0), in(1), in(2), op.heads(), causal);
  }

  @Override
  public String packedAttention(Op.PackedAttention op) {
    return call("packed_attention", in(0), op.heads());
  }

  @Override
  public String windowAttention(Op.WindowAttention op) {
    String biases = weight(op.biases(), op.biases().shape(), Role.PLAIN, 1, 0);
    return call("window_attention", in(0), in(1), biases, op.heads(), op.side(), op.shift());
  }

  @Override
  public String timestepEmbedding(Op.TimestepEmbedding op) {
    return call("timestep_embedding", in(0), op.width());
  }

  @Override
  public String repeatBatch(Op.RepeatBatch op) {
    return call("repeat_batch", in(0), in(1));
  }

  @Override
  public String stretchBatch(Op.StretchBatch op) {
    return call("stretch_batch", in(0), in(1));
  }

  private String affine(ParameterSpec spec) {
    return weight(spec, spec.shape(), Role.AFFINE, 1, 0);
  }

  private String norm(ParameterSpec spec) {
    return weight(spec, spec.shape(), Role.NORM, 1, 0);
  }

  private String weight(
      ParameterSpec spec, List<Integer> shape, Role role, int stride, int padding) {
    WeightUse use = new WeightUse(spec.key(), shape, role, stride, padding);
    WeightUse before = weights.putIfAbsent(spec.key(), use);
    if (before != null && !before.equals(use)) {
      throw new IllegalStateException(spec.key() + " is used in two ways");
    }
    String stored = "W[\"" + spec.key() + "\"]";
    if (binding == WeightBinding.PREPARED || role == Role.NORM || role == Role.AFFINE) {
      return stored;
    }
    return call(role == Role.CONVOLUTION ? "live_kernel" : "live", stored, shape);
  }

  private String in(int index) {
    return name(current.inputs().get(index));
  }

  /** The variable that holds a symbol. */
  static String name(Symbol symbol) {
    return "v" + symbol.id();
  }

  /** The program's name of an input. */
  static String argument(String input) {
    return "in_" + input.replace('/', '_').replace('-', '_');
  }

  private static String call(String function, Object... arguments) {
    List<String> parts = new ArrayList<>();
    for (Object argument : arguments) {
      parts.add(argument.toString());
    }
    return "__torch__." + function + "(" + String.join(", ", parts) + ")";
  }
}
