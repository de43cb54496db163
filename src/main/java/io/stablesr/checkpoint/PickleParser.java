package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.SequenceKind;
import io.stablesr.checkpoint.PickleValue.Text;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one pickle of protocol 2 to 5 into a {@link PickleValue}. It is a parser, not a virtual
 * machine: the opcodes that build objects build descriptions of them, and opcodes that torch never
 * writes are errors.
 */
final class PickleParser {
  private static final int MAX_PROTOCOL = 5;
  private static final PickleValue NONE = new PickleValue.None();
  private static final PickleValue TRUE = new PickleValue.Bool(true);
  private static final PickleValue FALSE = new PickleValue.Bool(false);

  private final PickleInput in;
  private final WeightFile file;
  private final PickleObjects objects;
  private final PickleBudget budget;
  private final List<PickleValue> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, PickleValue> memo = new HashMap<>();

  PickleParser(PickleInput in, TorchTensors tensors) {
    this.in = in;
    this.file = in.file();
    this.budget = new PickleBudget(file);
    this.objects = new PickleObjects(file, budget, tensors);
  }

  /** Consumes the input up to and including the STOP opcode. */
  PickleValue parse() {
    while (true) {
      int opcode = in.unsignedByte();
      if (opcode == '.') {
        return pop();
      }
      if (!scalar(opcode) && !structure(opcode)) {
        throw file.corrupt("unsupported pickle opcode 0x%02x at %d", opcode, in.position() - 1);
      }
    }
  }

  /** Opcodes that push one value taken from the input. */
  private boolean scalar(int opcode) {
    switch (opcode) {
      case 'N' -> push(NONE);
      case 0x88 -> push(TRUE);
      case 0x89 -> push(FALSE);
      case 'K' -> pushInt(in.unsignedByte());
      case 'M' -> pushInt(in.unsignedShort());
      case 'J' -> pushInt(in.signedInt());
      case 0x8a -> push(new PickleValue.Int(in.integer(in.unsignedByte())));
      case 0x8b -> push(new PickleValue.Int(in.integer(in.signedInt())));
      case 'G' -> push(new PickleValue.Real(in.bigEndianDouble()));
      case 'X' -> push(new Text(in.text(in.unsignedInt(), StandardCharsets.UTF_8)));
      case 0x8c -> push(new Text(in.text(in.unsignedByte(), StandardCharsets.UTF_8)));
      case 0x8d -> push(new Text(in.text(in.signedLong(), StandardCharsets.UTF_8)));
      case 'T' -> push(new Text(in.text(in.signedInt(), StandardCharsets.ISO_8859_1)));
      case 'U' -> push(new Text(in.text(in.unsignedByte(), StandardCharsets.ISO_8859_1)));
      case 'B' -> push(new PickleValue.Bytes(in.bytes(in.unsignedInt())));
      case 'C' -> push(new PickleValue.Bytes(in.bytes(in.unsignedByte())));
      case 0x8e, 0x96 -> push(new PickleValue.Bytes(in.bytes(in.signedLong())));
      case 'c' -> push(PickleGlobals.resolve(file, in.line(), in.line()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes that work on the stack and the memo. */
  private boolean structure(int opcode) {
    switch (opcode) {
      case 0x80 -> requireProtocol(in.unsignedByte());
      case 0x95 -> requireFrame(in.signedLong());
      case '(' -> mark();
      case '0' -> popOrUnmark();
      case '1' -> popToMark();
      case '2' -> push(top());
      case '}' -> push(new PickleValue.Dict());
      case ']' -> push(new Sequence(SequenceKind.LIST, new ArrayList<>(0)));
      case 0x8f -> push(new Sequence(SequenceKind.SET, new ArrayList<>(0)));
      case ')' -> push(new Sequence(SequenceKind.TUPLE, List.of()));
      case 't' -> push(new Sequence(SequenceKind.TUPLE, popToMark()));
      case 'l' -> push(new Sequence(SequenceKind.LIST, popToMark()));
      case 0x91 -> push(new Sequence(SequenceKind.SET, popToMark()));
      case 'd' -> dictFromMark();
      case 0x85 -> push(new Sequence(SequenceKind.TUPLE, popLast(1)));
      case 0x86 -> push(new Sequence(SequenceKind.TUPLE, popLast(2)));
      case 0x87 -> push(new Sequence(SequenceKind.TUPLE, popLast(3)));
      case 'a' -> appendTo(popLast(1));
      case 'e', 0x90 -> appendTo(popToMark());
      case 's' -> setItems(popLast(2));
      case 'u' -> setItems(popToMark());
      case 'q' -> memoize(in.unsignedByte());
      case 'r' -> memoize(in.unsignedInt());
      case 0x94 -> memoize(memo.size());
      case 'h' -> recall(in.unsignedByte());
      case 'j' -> recall(in.unsignedInt());
      case 0x93 -> stackGlobal();
      case 'Q' -> push(objects.persistent(pop()));
      case 'R', 0x81 -> call(popLast(2));
      case 0x92 -> call(popLast(3));
      case 'b' -> build(pop());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void requireProtocol(int protocol) {
    if (protocol > MAX_PROTOCOL) {
      throw file.corrupt("its pickle has protocol %d; up to %d is read", protocol, MAX_PROTOCOL);
    }
  }

  private void requireFrame(long length) {
    if (length < 0 || length > PickleInput.MAX_BYTES) {
      throw file.corrupt("its pickle has a frame of %d bytes", length);
    }
  }

  private void push(PickleValue value) {
    budget.charge(1);
    stack.add(value);
  }

  private void pushInt(long value) {
    push(new PickleValue.Int(BigInteger.valueOf(value)));
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private PickleValue top() {
    if (stack.size() <= floor()) {
      throw file.corrupt("its pickle takes a value from an empty stack at %d", in.position());
    }
    return stack.get(stack.size() - 1);
  }

  private PickleValue pop() {
    PickleValue value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private void mark() {
    budget.charge(1);
    marks.add(stack.size());
  }

  private void popOrUnmark() {
    if (!marks.isEmpty() && stack.size() == floor()) {
      marks.remove(marks.size() - 1);
    } else {
      pop();
    }
  }

  private List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw file.corrupt("its pickle closes a group that was never opened at %d", in.position());
    }
    int from = marks.remove(marks.size() - 1);
    return cut(from);
  }

  private List<PickleValue> popLast(int count) {
    if (stack.size() - count < floor()) {
      throw file.corrupt("its pickle takes a value from an empty stack at %d", in.position());
    }
    return cut(stack.size() - count);
  }

  private List<PickleValue> cut(int from) {
    List<PickleValue> tail = stack.subList(from, stack.size());
    List<PickleValue> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  private void memoize(long index) {
    budget.charge(1);
    memo.put(index, top());
  }

  private void recall(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw file.corrupt("its pickle refers to entry %d of its memo, which is empty", index);
    }
    push(value);
  }

  private void stackGlobal() {
    List<PickleValue> parts = popLast(2);
    if (!(parts.get(0) instanceof Text module) || !(parts.get(1) instanceof Text name)) {
      throw file.corrupt("its pickle names a class by something that is no text");
    }
    push(PickleGlobals.resolve(file, module.value(), name.value()));
  }

  private void dictFromMark() {
    List<PickleValue> items = popToMark();
    push(new PickleValue.Dict());
    setItems(items);
  }

  private void setItems(List<PickleValue> items) {
    objects.setItems(top(), items);
  }

  private void appendTo(List<PickleValue> items) {
    objects.append(top(), items);
  }

  /** NEWOBJ_EX has keyword arguments as a third value; they join the positional ones. */
  private void call(List<PickleValue> parts) {
    PickleValue arguments = parts.get(1);
    if (!(arguments instanceof Sequence tuple) || tuple.kind() != SequenceKind.TUPLE) {
      throw file.corrupt("its pickle calls something with arguments that are no tuple");
    }
    if (parts.size() == 3) {
      Sequence both = new Sequence(SequenceKind.TUPLE, List.of(tuple, parts.get(2)));
      push(objects.inert(parts.get(0), both));
    } else {
      push(objects.call(parts.get(0), tuple));
    }
  }

  private void build(PickleValue state) {
    objects.build(top(), state);
  }
}
