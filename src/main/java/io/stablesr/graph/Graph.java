package io.stablesr.graph;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A finished recording of a network. */
public final class Graph {
  private final String name;
  private final List<Symbol> symbols;
  private final Map<String, Symbol> names;
  private final Map<String, Symbol> outputs;

  Graph(String name, List<Symbol> symbols, Map<String, Symbol> names, Map<String, Symbol> outputs) {
    this.name = name;
    this.symbols = List.copyOf(symbols);
    this.names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    this.outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** The network's name, for messages. */
  public String name() {
    return name;
  }

  /** All tensors in the order of recording: inputs of an operation come before it. */
  public List<Symbol> symbols() {
    return symbols;
  }

  /** The declared inputs in order. */
  public List<String> inputNames() {
    return symbols.stream()
        .filter(symbol -> symbol.op() instanceof Op.Input)
        .map(symbol -> ((Op.Input) symbol.op()).name())
        .toList();
  }

  /** The declared results in order. */
  public Map<String, Symbol> outputs() {
    return outputs;
  }

  /** Named intermediate tensors. */
  public Map<String, Symbol> names() {
    return names;
  }

  /** This graph with the named intermediate tensors as further outputs. */
  public Graph withTaps(List<String> tapNames) {
    Map<String, Symbol> all = new LinkedHashMap<>(outputs);
    for (String tap : tapNames) {
      Symbol symbol = names.get(tap);
      if (symbol == null) {
        throw new StableSrException(
            ErrorCode.INTERNAL, "Network %s has no tensor named %s.".formatted(name, tap));
      }
      all.put(tap, symbol);
    }
    return new Graph(name, symbols, names, all);
  }

  /** This graph with one of its tensors as a further output. */
  public Graph withOutput(String outputName, Symbol symbol) {
    Map<String, Symbol> all = new LinkedHashMap<>(outputs);
    if (symbols.get(symbol.id()) != symbol || all.put(outputName, symbol) != null) {
      throw new IllegalArgumentException(
          "Output %s of network %s is of another or declared twice".formatted(outputName, name));
    }
    return new Graph(name, symbols, names, all);
  }

  /** Every weight the network reads, in the order of first use, each once. */
  public Map<String, ParameterSpec> parameters() {
    Map<String, ParameterSpec> table = new LinkedHashMap<>();
    for (Symbol symbol : symbols) {
      for (ParameterSpec spec : symbol.op().parameters()) {
        ParameterSpec before = table.putIfAbsent(spec.key(), spec);
        if (before != null && !before.equals(spec)) {
          throw new IllegalStateException(
              "%s: %s is used as %s and as %s"
                  .formatted(name, spec.key(), before.shape(), spec.shape()));
        }
      }
    }
    return table;
  }

  /** The shape of every weight, in the order of {@link #parameters}. */
  public Map<String, long[]> shapes() {
    return ParameterSpec.shapes(parameters());
  }

  /** The number of weights. */
  public long parameterCount() {
    return parameters().values().stream().mapToLong(ParameterSpec::size).sum();
  }

  /** Floating-point operations and memory of one evaluation at the recorded shapes. */
  public GraphCost cost() {
    return GraphCost.of(this);
  }
}
