package io.stablesr.graph;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far around a window of the result a network looks. Normalisations count as local: their
 * statistics reach everywhere and have to be dealt with by whoever cuts windows.
 */
public final class ReceptiveField {
  /** Counts every path. */
  public static final double EVERY_PATH = 0;

  private ReceptiveField() {}

  /**
   * Pixels that each input is read beyond a window whose borders fall on whole pixels of every
   * resolution, on the side where it is most.
   *
   * @param leastPathScale paths along which the constant scales of residual additions multiply to
   *     less than this are not counted
   * @return margin in pixels of the input, by input name
   * @throws IllegalArgumentException when an operation mixes all positions
   */
  public static Map<String, Integer> margins(Graph graph, double leastPathScale) {
    // Per tensor: product of scales on the way to an output -> largest margin of such paths.
    Map<Integer, NavigableMap<Double, Integer>> reach = new HashMap<>();
    graph.outputs().values().forEach(output -> put(reach, output, 1.0, 0));
    Map<String, Integer> margins = new HashMap<>();
    for (int id = graph.symbols().size() - 1; id >= 0; id--) {
      Symbol symbol = graph.symbols().get(id);
      NavigableMap<Double, Integer> paths = reach.get(id);
      if (paths == null) {
        continue;
      }
      if (symbol.op() instanceof Op.Input input) {
        margins.put(input.name(), paths.values().stream().mapToInt(m -> m).max().orElse(0));
      }
      paths.forEach(
          (scale, margin) -> {
            for (int i = 0; i < symbol.inputs().size(); i++) {
              double inputScale = scale * (i == 1 ? residualScale(symbol.op()) : 1);
              if (inputScale >= leastPathScale) {
                put(reach, symbol.inputs().get(i), inputScale, widened(symbol.op(), margin));
              }
            }
          });
    }
    return margins;
  }

  private static double residualScale(Op op) {
    return op instanceof Op.Add add ? Math.abs(add.scale()) : 1;
  }

  private static int widened(Op op, int margin) {
    if (op instanceof Op.Conv2d conv) {
      int kernel = conv.weight().shape().get(2);
      int before = margin * conv.stride() + conv.padding();
      int after = margin * conv.stride() + kernel - conv.stride() - conv.padding();
      return Math.max(before, after);
    }
    if (op instanceof Op.MixedConv2d conv) {
      return margin + conv.padding();
    }
    if (op instanceof Op.UpsampleBilinear bilinear) {
      return (margin + bilinear.factor() - 1) / bilinear.factor() + 1;
    }
    if (op instanceof Op.UpsampleNearest) {
      return (margin + 1) / 2;
    }
    if (op instanceof Op.PixelShuffle shuffle) {
      return (margin + shuffle.factor() - 1) / shuffle.factor();
    }
    if (op instanceof Op.PixelUnshuffle unshuffle) {
      return margin * unshuffle.factor();
    }
    if (op instanceof Op.GroupNorm
        || op instanceof Op.Prelu
        || op instanceof Op.Shift
        || op instanceof Op.Elementwise
        || op instanceof Op.Add
        || op instanceof Op.Multiply
        || op instanceof Op.ConcatChannels
        || op instanceof Op.PadRightBottom) {
      return margin;
    }
    throw new IllegalArgumentException(
        op.getClass().getSimpleName() + " is not known to be local to a window");
  }

  /** Keeps only paths that no stronger path outreaches, so that the table stays short. */
  private static void put(
      Map<Integer, NavigableMap<Double, Integer>> reach, Symbol symbol, double scale, int margin) {
    NavigableMap<Double, Integer> paths = reach.computeIfAbsent(symbol.id(), id -> new TreeMap<>());
    if (paths.tailMap(scale, true).values().stream().anyMatch(other -> other >= margin)) {
      return;
    }
    paths.headMap(scale, true).values().removeIf(other -> other <= margin);
    paths.put(scale, margin);
  }
}
