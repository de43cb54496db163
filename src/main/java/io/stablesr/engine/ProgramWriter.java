package io.stablesr.engine;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a graph as TorchScript: one assignment per operation ({@link OperationWriter}) on top of
 * the functions of {@link Prelude}, which is where the choices of {@link CompileOptions} are made.
 */
final class ProgramWriter {
  static final String NORM_STATISTICS = "norm-statistics";
  static final String INTERIOR = "interior";

  private final Graph graph;
  private final CompileOptions options;
  private final NormStatistics statistics;
  private final WeightBinding binding;

  private ProgramWriter(
      Graph graph, CompileOptions options, NormStatistics statistics, WeightBinding binding) {
    this.graph = graph;
    this.options = options;
    this.statistics = statistics;
    this.binding = binding;
  }

  static Program write(
      Graph graph, CompileOptions options, NormStatistics statistics, ComputeDevice device) {
    return new ProgramWriter(graph, options, statistics, WeightBinding.PREPARED).program(device);
  }

  /** A program that gradients can be taken of, with respect to weights in fp32. */
  static Program writeTrainable(Graph graph, CompileOptions options, ComputeDevice device) {
    return new ProgramWriter(graph, options, NormStatistics.LOCAL, WeightBinding.LIVE)
        .program(device);
  }

  private Program program(ComputeDevice device) {
    List<Symbol> needed = needed();
    OperationWriter operations = new OperationWriter(graph, needed, statistics, binding);
    StringBuilder body = new StringBuilder();
    for (Symbol symbol : needed) {
      body.append("    ").append(operations.assignment(symbol)).append('\n');
    }
    List<String> inputs = new ArrayList<>(graph.inputNames());
    List<String> outputs = new ArrayList<>(graph.outputs().keySet());
    String preparation = "";
    if (statistics == NormStatistics.SHARED) {
      inputs.addAll(List.of(NORM_STATISTICS, INTERIOR));
      outputs.add(NORM_STATISTICS);
      preparation =
          "    given = %s\n    cells = __torch__.cells(%s)\n    found = annotate(List[Tensor], [])\n"
              .formatted(
                  OperationWriter.argument(NORM_STATISTICS), OperationWriter.argument(INTERIOR));
    }
    String arguments =
        inputs.stream()
            .map(input -> ", " + OperationWriter.argument(input) + ": Tensor")
            .collect(Collectors.joining());
    String results =
        graph.outputs().values().stream()
            .map(symbol -> OperationWriter.name(symbol) + ".to(6).contiguous()")
            .collect(Collectors.joining(", "));
    if (statistics == NormStatistics.SHARED) {
      results += ", torch.stack(found, 0)";
    }
    String source =
        Prelude.classHeader()
            + "  def forward(self: __torch__.Net"
            + arguments
            + ") -> List[Tensor]:\n    W = self.W\n"
            + preparation
            + body
            + "    return ["
            + results
            + "]\n"
            + Prelude.functions(options, device, binding);
    return new Program(
        source,
        operations.weights(),
        List.copyOf(inputs),
        List.copyOf(outputs),
        operations.norms());
  }

  /** Inputs are always needed as arguments; other tensors only if an output depends on them. */
  private List<Symbol> needed() {
    boolean[] marked = new boolean[graph.symbols().size()];
    graph.outputs().values().forEach(symbol -> marked[symbol.id()] = true);
    for (int id = marked.length - 1; id >= 0; id--) {
      if (marked[id]) {
        graph.symbols().get(id).inputs().forEach(input -> marked[input.id()] = true);
      }
    }
    return graph.symbols().stream().filter(symbol -> marked[symbol.id()]).toList();
  }
}
