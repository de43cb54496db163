package io.stablesr.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the operations of one network while its Java code runs. */
public final class Recorder {
  private final String name;
  private final List<Symbol> symbols = new ArrayList<>();
  private final Map<String, Symbol> names = new LinkedHashMap<>();
  private final Map<String, Symbol> outputs = new LinkedHashMap<>();

  /** Starts a recording; {@code name} appears in messages. */
  public Recorder(String name) {
    this.name = name;
  }

  /** Declares a tensor given at each evaluation. */
  public Symbol input(String inputName, int... shape) {
    return record(new Op.Input(inputName), List.of(), shape);
  }

  /** A weight as a tensor. */
  public Symbol parameter(String key, Integer... shape) {
    ParameterSpec spec = new ParameterSpec(key, List.of(shape));
    int[] dims = spec.dims();
    return record(new Op.Parameter(spec), List.of(), dims);
  }

  /** Declares a result. */
  public void output(String outputName, Symbol symbol) {
    if (outputs.put(outputName, symbol) != null) {
      throw new IllegalArgumentException("Output " + outputName + " is declared twice");
    }
  }

  /** The finished recording. */
  public Graph finish() {
    return new Graph(name, symbols, names, outputs);
  }

  Symbol record(Op op, List<Symbol> inputs, int... shape) {
    Symbol symbol = new Symbol(this, symbols.size(), op, inputs, shape.clone());
    symbols.add(symbol);
    return symbol;
  }

  void name(Symbol symbol, String symbolName) {
    names.put(symbolName, symbol);
  }
}
