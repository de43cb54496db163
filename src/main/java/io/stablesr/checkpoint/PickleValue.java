package io.stablesr.checkpoint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value read from a pickle. Nothing in it is live: a class of another library is an {@link Inert}
 * description of the call that would have made it.
 *
 * <p>Containers may share parts and may even contain themselves, so they compare by identity and
 * print only their size.
 */
public sealed interface PickleValue {
  /** Python's {@code None}. */
  record None() implements PickleValue {}

  /** A truth value. */
  record Bool(boolean value) implements PickleValue {}

  /** An integer of any size. */
  record Int(BigInteger value) implements PickleValue {}

  /** A double-precision number. */
  record Real(double value) implements PickleValue {}

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** A reference to a class or function, by name only. */
  record Name(String module, String name) implements PickleValue {
    /** {@code module.name}. */
    public String qualified() {
      return module + "." + name;
    }
  }

  /** A tensor of the file; a {@code Parameter} is its tensor. */
  record Tensor(StoredTensor tensor) implements PickleValue {}

  /** A storage that tensors look into. */
  record Storage(String key, ElementType type, long bytes) implements PickleValue {}

  /** A byte string. */
  final class Bytes implements PickleValue {
    private final byte[] value;

    Bytes(byte[] value) {
      this.value = value;
    }

    /** A copy of the bytes. */
    public byte[] value() {
      return value.clone();
    }

    @Override
    public String toString() {
      return "Bytes[" + value.length + "]";
    }
  }

  /** Which Python collection a {@link Sequence} was. */
  enum SequenceKind {
    /** A list. */
    LIST,
    /** A tuple, also {@code torch.Size}. */
    TUPLE,
    /** A set or frozenset, in file order. */
    SET
  }

  /** A list, tuple or set. */
  final class Sequence implements PickleValue {
    private final SequenceKind kind;
    private final List<PickleValue> items;

    Sequence(SequenceKind kind, List<PickleValue> items) {
      this.kind = kind;
      this.items = items;
    }

    void append(List<PickleValue> more) {
      items.addAll(more);
    }

    /** Which Python collection it was. */
    public SequenceKind kind() {
      return kind;
    }

    /** The elements in file order. */
    public List<PickleValue> items() {
      return Collections.unmodifiableList(items);
    }

    @Override
    public String toString() {
      return kind + "[" + items.size() + "]";
    }
  }

  /** A dict or OrderedDict. */
  final class Dict implements PickleValue {
    private final Map<String, PickleValue> texts = new LinkedHashMap<>();
    private final List<Map.Entry<PickleValue, PickleValue>> others = new ArrayList<>(0);

    /** Adds an entry; false when a text key is there already. */
    boolean add(PickleValue key, PickleValue value) {
      if (key instanceof Text text) {
        return texts.putIfAbsent(text.value(), value) == null;
      }
      others.add(Map.entry(key, value));
      return true;
    }

    /** The value of a text key. */
    public Optional<PickleValue> find(String key) {
      return Optional.ofNullable(texts.get(key));
    }

    /** The entries with text keys, in file order. */
    public Map<String, PickleValue> texts() {
      return Collections.unmodifiableMap(texts);
    }

    /** The entries whose keys are no strings: numbers, tuples, classes. */
    public List<Map.Entry<PickleValue, PickleValue>> others() {
      return Collections.unmodifiableList(others);
    }

    @Override
    public String toString() {
      return "Dict[" + (texts.size() + others.size()) + "]";
    }
  }

  /**
   * An object of a class this program does not know: what would have been called, and with what.
   */
  final class Inert implements PickleValue {
    private final PickleValue callee;
    private final PickleValue arguments;
    private PickleValue state;
    private Dict entries;
    private Sequence items;

    Inert(PickleValue callee, PickleValue arguments) {
      this.callee = callee;
      this.arguments = arguments;
    }

    void setState(PickleValue newState) {
      state = newState;
    }

    Dict writableEntries() {
      if (entries == null) {
        entries = new Dict();
      }
      return entries;
    }

    Sequence writableItems() {
      if (items == null) {
        items = new Sequence(SequenceKind.LIST, new ArrayList<>());
      }
      return items;
    }

    /** What would have been called: a {@link Name}, or another inert object. */
    public PickleValue callee() {
      return callee;
    }

    /** The arguments of the call. */
    public PickleValue arguments() {
      return arguments;
    }

    /** The state that would have been given to the object, often a {@link Dict}. */
    public Optional<PickleValue> state() {
      return Optional.ofNullable(state);
    }

    /** The entries, where the class is a kind of dict. */
    public Optional<Dict> entries() {
      return Optional.ofNullable(entries);
    }

    /** The elements, where the class is a kind of list. */
    public Optional<Sequence> items() {
      return Optional.ofNullable(items);
    }

    @Override
    public String toString() {
      return "Inert[" + (callee instanceof Name name ? name.qualified() : "object") + "]";
    }
  }
}
