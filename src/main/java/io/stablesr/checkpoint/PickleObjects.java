package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Bytes;
import io.stablesr.checkpoint.PickleValue.Dict;
import io.stablesr.checkpoint.PickleValue.Inert;
import io.stablesr.checkpoint.PickleValue.Name;
import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.SequenceKind;
import io.stablesr.checkpoint.PickleValue.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the object-building opcodes mean here. The few constructors that weights need are known by
 * name; a call of any other name is kept as an {@link Inert} value.
 */
final class PickleObjects {
  private final WeightFile file;
  private final PickleBudget budget;
  private final TorchTensors tensors;

  PickleObjects(WeightFile file, PickleBudget budget, TorchTensors tensors) {
    this.file = file;
    this.budget = budget;
    this.tensors = tensors;
  }

  PickleValue persistent(PickleValue id) {
    return tensors.storage(id);
  }

  /** REDUCE and NEWOBJ. */
  PickleValue call(PickleValue callee, Sequence arguments) {
    if (callee instanceof Name name) {
      if (name.qualified().equals("torch._tensor._rebuild_from_type_v2")) {
        return rebuildFromType(arguments);
      }
      return callName(name, arguments);
    }
    return inert(callee, arguments);
  }

  private PickleValue callName(Name name, Sequence arguments) {
    budget.charge(arguments.items().size());
    return switch (name.qualified()) {
      case "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3" ->
          tensor(arguments);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter" ->
          parameter(name, arguments);
      case "collections.OrderedDict", "builtins.dict", "__builtin__.dict" -> dict(arguments);
      case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset" ->
          copy(name, arguments, SequenceKind.SET);
      case "torch.Size" -> copy(name, arguments, SequenceKind.TUPLE);
      case "_codecs.encode" -> encode(name, arguments);
      case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" ->
          NumpyScalar.decode(arguments.items())
              .<PickleValue>map(value -> value)
              .orElseGet(() -> new Inert(name, arguments));
      default -> new Inert(name, arguments);
    };
  }

  private PickleValue tensor(Sequence arguments) {
    // Shape and strides are copied into the tensor.
    budget.charge(TensorLayout.MAX_RANK / 8);
    return tensors.rebuild(arguments.items());
  }

  /**
   * A tensor subclass: {@code (function, type, arguments, state)}; only a plain function is
   * followed.
   */
  private PickleValue rebuildFromType(Sequence arguments) {
    List<PickleValue> items = arguments.items();
    if (items.size() >= 3
        && items.get(0) instanceof Name function
        && items.get(2) instanceof Sequence inner
        && inner.kind() == SequenceKind.TUPLE) {
      return callName(function, inner);
    }
    throw file.corrupt("its pickle rebuilds a tensor subclass in an unknown way");
  }

  private PickleValue parameter(Name name, Sequence arguments) {
    if (!arguments.items().isEmpty()
        && arguments.items().get(0) instanceof PickleValue.Tensor tensor) {
      return tensor;
    }
    return new Inert(name, arguments);
  }

  private PickleValue dict(Sequence arguments) {
    Dict dict = new Dict();
    if (arguments.items().isEmpty()) {
      return dict;
    }
    if (arguments.items().size() != 1 || !(arguments.items().get(0) instanceof Sequence pairs)) {
      throw file.corrupt("its pickle makes a dict of something that is no list of pairs");
    }
    budget.charge(pairs.items().size());
    for (PickleValue pair : pairs.items()) {
      if (!(pair instanceof Sequence two) || two.items().size() != 2) {
        throw file.corrupt("its pickle makes a dict of something that is no list of pairs");
      }
      add(dict, two.items().get(0), two.items().get(1));
    }
    return dict;
  }

  private PickleValue copy(Name name, Sequence arguments, SequenceKind kind) {
    if (arguments.items().isEmpty()) {
      return new Sequence(kind, new ArrayList<>(0));
    }
    if (arguments.items().size() != 1 || !(arguments.items().get(0) instanceof Sequence source)) {
      return new Inert(name, arguments);
    }
    budget.charge(source.items().size());
    return new Sequence(kind, new ArrayList<>(source.items()));
  }

  /** Protocol 2 has no byte strings; Python writes them as Latin-1 text to be encoded. */
  private PickleValue encode(Name name, Sequence arguments) {
    if (arguments.items().size() == 2
        && arguments.items().get(0) instanceof Text text
        && arguments.items().get(1) instanceof Text charset
        && charset.value().equals("latin1")) {
      budget.charge(text.value().length() / 8);
      return new Bytes(text.value().getBytes(StandardCharsets.ISO_8859_1));
    }
    return new Inert(name, arguments);
  }

  PickleValue inert(PickleValue callee, PickleValue arguments) {
    if (callee instanceof Name || callee instanceof Inert) {
      return new Inert(callee, arguments);
    }
    throw file.corrupt("its pickle calls a value that is no class or function");
  }

  /** BUILD: the attributes of a dict or tensor are not kept, those of an inert object are. */
  void build(PickleValue target, PickleValue state) {
    if (target instanceof Inert inert) {
      inert.setState(state);
    } else if (!(target instanceof Dict
        || target instanceof Sequence
        || target instanceof PickleValue.Tensor)) {
      throw file.corrupt("its pickle sets the state of a value that has none");
    }
  }

  void setItems(PickleValue target, List<PickleValue> items) {
    if (items.size() % 2 != 0) {
      throw file.corrupt("its pickle has a dict key without a value");
    }
    Dict dict;
    if (target instanceof Dict plain) {
      dict = plain;
    } else if (target instanceof Inert inert) {
      dict = inert.writableEntries();
    } else {
      throw file.corrupt("its pickle puts entries into a value that is no dict");
    }
    for (int i = 0; i < items.size(); i += 2) {
      add(dict, items.get(i), items.get(i + 1));
    }
  }

  private void add(Dict dict, PickleValue key, PickleValue value) {
    if (!dict.add(key, value)) {
      throw file.corrupt("key '%s' is there twice", ((Text) key).value());
    }
  }

  void append(PickleValue target, List<PickleValue> items) {
    if (target instanceof Sequence sequence && sequence.kind() != SequenceKind.TUPLE) {
      sequence.append(items);
    } else if (target instanceof Inert inert) {
      inert.writableItems().append(items);
    } else {
      throw file.corrupt("its pickle appends to a value that is no list");
    }
  }
}
