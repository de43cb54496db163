package io.stablesr.bench;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.OpVisitor;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Symbol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes a recorded graph as a Python program of torch calls in eager mode, as one would write the
 * network by hand: no in-place operations, normalisations in fp32, attention as matrix products
 * with a softmax between (or torch's own kernel where it has one), and every tensor dropped after
 * its last use.
 */
final class PyTorchProgram implements OpVisitor<String> {
  private Symbol current;

  private PyTorchProgram() {}

  /**
   * The program; it is given the folder of {@link RawTensors} and the number of threads.
   *
   * @param graph a network without causal attention; its first result is what the program returns
   * @throws IllegalArgumentException where an operation of the graph is not known here
   */
  static String of(Graph graph) {
    Symbol result = graph.outputs().values().iterator().next();
    return PyTorchPrelude.FUNCTIONS
        + body("network", graph, Set.of(result))
        + "    return %s\n".formatted(name(result))
        + PyTorchPrelude.LOAD
        + PyTorchPrelude.SERVER;
  }

  /** A function of the weights and arguments that returns all results of a graph by their names. */
  static String function(String name, Graph graph) {
    return graph.outputs().entrySet().stream()
        .map(output -> "\"%s\": %s".formatted(output.getKey(), name(output.getValue())))
        .collect(
            Collectors.joining(
                ", ",
                body(name, graph, Set.copyOf(graph.outputs().values())) + "    return {",
                "}\n\n"));
  }

  private static String body(String name, Graph graph, Set<Symbol> results) {
    Map<Integer, Integer> lastUse = new HashMap<>();
    for (Symbol symbol : graph.symbols()) {
      symbol.inputs().forEach(input -> lastUse.put(input.id(), symbol.id()));
    }
    PyTorchProgram writer = new PyTorchProgram();
    StringBuilder text = new StringBuilder("def %s(W):\n".formatted(name));
    for (Symbol symbol : graph.symbols()) {
      if (!results.contains(symbol) && !lastUse.containsKey(symbol.id())) {
        continue;
      }
      writer.current = symbol;
      text.append("    %s = %s\n".formatted(name(symbol), symbol.op().accept(writer)));
      String dropped =
          symbol.inputs().stream()
              .filter(input -> !results.contains(input) && lastUse.get(input.id()) == symbol.id())
              .map(PyTorchProgram::name)
              .distinct()
              .collect(Collectors.joining(", "));
      if (!dropped.isEmpty()) {
        text.append("    del ").append(dropped).append('\n');
      }
    }
    return text.toString();
  }

  /** The name of an argument among the tensors. */
  static String argument(String input) {
    return "in:" + input;
  }

  private static String name(Symbol symbol) {
    return "v" + symbol.id();
  }

  private String in(int index) {
    return name(current.inputs().get(index));
  }

  private static String weight(ParameterSpec spec) {
    return "W[\"" + spec.key() + "\"]";
  }

  private static String bias(List<ParameterSpec> bias) {
    return bias.isEmpty() ? "None" : weight(bias.get(0));
  }

  private static IllegalArgumentException unknown(Op op) {
    return new IllegalArgumentException(
        "PyTorchProgram does not write %s; add it where a graph needs it."
            .formatted(op.getClass().getSimpleName()));
  }

  @Override
  public String input(Op.Input op) {
    return "W[\"" + argument(op.name()) + "\"]";
  }

  @Override
  public String parameter(Op.Parameter op) {
    return weight(op.spec());
  }

  @Override
  public String conv2d(Op.Conv2d op) {
    return "F.conv2d(%s, %s, %s, %d, %d)"
        .formatted(in(0), weight(op.weight()), bias(op.bias()), op.stride(), op.padding());
  }

  @Override
  public String mixedConv2d(Op.MixedConv2d op) {
    throw unknown(op);
  }

  @Override
  public String nearestCode(Op.NearestCode op) {
    throw unknown(op);
  }

  @Override
  public String upsampleBilinear(Op.UpsampleBilinear op) {
    throw unknown(op);
  }

  @Override
  public String standardizedConv2d(Op.StandardizedConv2d op) {
    throw unknown(op);
  }

  @Override
  public String linear(Op.Linear op) {
    return "F.linear(%s, %s.flatten(1), %s)".formatted(in(0), weight(op.weight()), bias(op.bias()));
  }

  @Override
  public String groupNorm(Op.GroupNorm op) {
    return "group_norm(%s, %d, %s, %s, %s)"
        .formatted(in(0), op.groups(), weight(op.weight()), weight(op.bias()), op.epsilon());
  }

  @Override
  public String batchNorm(Op.BatchNorm op) {
    throw unknown(op);
  }

  @Override
  public String frozenBatchNorm(Op.FrozenBatchNorm op) {
    throw unknown(op);
  }

  @Override
  public String layerNorm(Op.LayerNorm op) {
    return "layer_norm(%s, %s, %s, %s)"
        .formatted(in(0), weight(op.weight()), weight(op.bias()), op.epsilon());
  }

  @Override
  public String embedding(Op.Embedding op) {
    throw unknown(op);
  }

  @Override
  public String elementwise(Op.Elementwise op) {
    return switch (op.function()) {
      case SILU -> "F.silu(%s)".formatted(in(0));
      case RELU -> "F.relu(%s)".formatted(in(0));
      case GELU -> "F.gelu(%s)".formatted(in(0));
      case QUICK_GELU -> "%s * torch.sigmoid(1.702 * %s)".formatted(in(0), in(0));
      case LEAKY_RELU -> "F.leaky_relu(%s, 0.2)".formatted(in(0));
      case MILDLY_LEAKY_RELU -> "F.leaky_relu(%s, 0.1)".formatted(in(0));
      case BARELY_LEAKY_RELU -> "F.leaky_relu(%s, 0.01)".formatted(in(0));
    };
  }

  @Override
  public String prelu(Op.Prelu op) {
    throw unknown(op);
  }

  @Override
  public String add(Op.Add op) {
    return "%s + %s".formatted(in(0), op.scale() == 1 ? in(1) : op.scale() + " * " + in(1));
  }

  @Override
  public String multiply(Op.Multiply op) {
    return "%s * %s".formatted(in(0), in(1));
  }

  @Override
  public String addChannels(Op.AddChannels op) {
    return "%s + %s[:, :, None, None]".formatted(in(0), in(1));
  }

  @Override
  public String modulate(Op.Modulate op) {
    return "%s * (1 + %s) + %s".formatted(in(0), in(1), in(2));
  }

  @Override
  public String gatedGelu(Op.GatedGelu op) {
    return "gated_gelu(%s)".formatted(in(0));
  }

  @Override
  public String concatChannels(Op.ConcatChannels op) {
    return current.inputs().stream()
        .map(PyTorchProgram::name)
        .collect(Collectors.joining(", ", "torch.cat([", "], 1)"));
  }

  @Override
  public String upsampleNearest(Op.UpsampleNearest op) {
    return "F.interpolate(%s, scale_factor=2, mode=\"nearest\")".formatted(in(0));
  }

  @Override
  public String maxPool(Op.MaxPool op) {
    return "F.max_pool2d(%s, %d, %d, ceil_mode=%s)"
        .formatted(
            in(0), op.kernel(), op.stride(), op.edge() == Op.MaxPool.Edge.KEPT ? "True" : "False");
  }

  @Override
  public String averagePool(Op.AveragePool op) {
    throw unknown(op);
  }

  @Override
  public String squarePool(Op.SquarePool op) {
    throw unknown(op);
  }

  @Override
  public String pad(Op.Pad op) {
    throw unknown(op);
  }

  @Override
  public String pixelShuffle(Op.PixelShuffle op) {
    throw unknown(op);
  }

  @Override
  public String pixelUnshuffle(Op.PixelUnshuffle op) {
    throw unknown(op);
  }

  @Override
  public String shift(Op.Shift op) {
    throw unknown(op);
  }

  @Override
  public String padRightBottom(Op.PadRightBottom op) {
    return "F.pad(%s, (0, 1, 0, 1))".formatted(in(0));
  }

  @Override
  public String toTokens(Op.ToTokens op) {
    return in(0) + ".flatten(2).transpose(1, 2)";
  }

  @Override
  public String toImage(Op.ToImage op) {
    return "%s.transpose(1, 2).reshape(%s.shape[0], -1, *%s.shape[2:])"
        .formatted(in(0), in(0), in(1));
  }

  @Override
  public String chunk(Op.Chunk op) {
    return "%s.chunk(%d, -1)[%d]".formatted(in(0), op.count(), op.index());
  }

  @Override
  public String attention(Op.Attention op) {
    if (op.mask() != Op.Mask.NONE) {
      throw unknown(op);
    }
    return "attention(%s, %s, %s, %d)".formatted(in(0), in(1), in(2), op.heads());
  }

  @Override
  public String packedAttention(Op.PackedAttention op) {
    return "packed_attention(%s, %d)".formatted(in(0), op.heads());
  }

  @Override
  public String windowAttention(Op.WindowAttention op) {
    throw unknown(op);
  }

  @Override
  public String timestepEmbedding(Op.TimestepEmbedding op) {
    return "timestep_embedding(%s, %d)".formatted(in(0), op.width());
  }

  @Override
  public String repeatBatch(Op.RepeatBatch op) {
    return "repeat_batch(%s, %s)".formatted(in(0), in(1));
  }

  @Override
  public String stretchBatch(Op.StretchBatch op) {
    return "stretch_batch(%s, %s)".formatted(in(0), in(1));
  }
}
