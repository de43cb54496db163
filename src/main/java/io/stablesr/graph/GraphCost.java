package io.stablesr.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one evaluation costs at the recorded shapes.
 *
 * @param flops multiplications and additions of convolutions, linear maps, attention and distances
 *     to codes (2 per multiply-add); element-wise work is not counted
 * @param peakActivationElements values alive at the worst moment when every tensor is freed after
 *     its last use; workspace of kernels is not counted
 * @param movedElements values read and written when each operation reads its arguments and weights
 *     once and writes its result once; operations that only look at a tensor differently move none
 */
public record GraphCost(long flops, long peakActivationElements, long movedElements) {
  static GraphCost of(Graph graph) {
    long flops = 0;
    long moved = 0;
    for (Symbol symbol : graph.symbols()) {
      flops += flops(symbol);
      moved += isView(symbol.op()) ? 0 : movedElements(symbol);
    }
    return new GraphCost(flops, peakElements(graph), moved);
  }

  private static boolean isView(Op op) {
    return op instanceof Op.Input
        || op instanceof Op.Parameter
        || op instanceof Op.Chunk
        || op instanceof Op.ToTokens
        || op instanceof Op.ToImage
        || op instanceof Op.RepeatBatch
        || op instanceof Op.StretchBatch;
  }

  private static long movedElements(Symbol symbol) {
    long read = symbol.inputs().stream().mapToLong(Symbol::size).sum();
    long weights = symbol.op().parameters().stream().mapToLong(ParameterSpec::size).sum();
    return read + weights + symbol.size();
  }

  private static long flops(Symbol symbol) {
    if (symbol.op() instanceof Op.Conv2d conv) {
      long kernel = conv.weight().size() / conv.weight().shape().get(0);
      return 2 * symbol.size() * kernel;
    }
    if (symbol.op() instanceof Op.MixedConv2d conv) {
      long experts = conv.weight().shape().get(0);
      long kernel = conv.weight().size() / experts / conv.weight().shape().get(1);
      return 2 * symbol.size() * kernel + 2 * conv.weight().size();
    }
    if (symbol.op() instanceof Op.NearestCode code) {
      return 2 * symbol.size() * code.table().shape().get(0);
    }
    if (symbol.op() instanceof Op.StandardizedConv2d conv) {
      long kernel = conv.weight().size() / conv.weight().shape().get(0);
      return 2 * symbol.size() * kernel;
    }
    if (symbol.op() instanceof Op.Linear linear) {
      return 2 * symbol.size() * linear.weight().shape().get(1);
    }
    if (symbol.op() instanceof Op.Attention) {
      long keys = symbol.inputs().get(1).dim(1);
      return 4 * symbol.size() * keys;
    }
    if (symbol.op() instanceof Op.WindowAttention attention) {
      return 4 * symbol.size() * attention.side() * attention.side();
    }
    if (symbol.op() instanceof Op.PackedAttention) {
      return 4 * symbol.size() * symbol.dim(1);
    }
    return 0;
  }

  private static long peakElements(Graph graph) {
    Map<Integer, Integer> lastUse = new HashMap<>();
    for (Symbol symbol : graph.symbols()) {
      for (Symbol input : symbol.inputs()) {
        lastUse.put(input.id(), symbol.id());
      }
    }
    Set<Integer> kept = new HashSet<>();
    graph.outputs().values().forEach(symbol -> kept.add(symbol.id()));
    long alive = 0;
    long peak = 0;
    for (Symbol symbol : graph.symbols()) {
      if (symbol.op() instanceof Op.Parameter) {
        continue;
      }
      alive += symbol.size();
      peak = Math.max(peak, alive);
      for (Symbol input : new HashSet<>(symbol.inputs())) {
        if (lastUse.get(input.id()) == symbol.id()
            && !kept.contains(input.id())
            && !(input.op() instanceof Op.Parameter)) {
          alive -= input.size();
        }
      }
    }
    return peak;
  }
}
