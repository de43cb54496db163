package io.stablesr.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.IdentityHashMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Lays out a header, a directory and all below it as the beginning of a TIFF or BigTIFF file. */
final class TiffStructure {
  private static final int IFD_TYPE = 13;
  private static final int IFD8_TYPE = 18;

  private final ByteOrder order;
  private final boolean big;
  private final IdentityHashMap<TiffDirectory, Long> positions = new IdentityHashMap<>();
  private final IdentityHashMap<TiffField, Long> values = new IdentityHashMap<>();
  private final IdentityHashMap<TiffField, Long> pinned;
  private long end;
  private long pinnedStart;
  private long pinnedEnd;

  private TiffStructure(ByteOrder order, boolean big, IdentityHashMap<TiffField, Long> pinned) {
    this.order = order;
    this.big = big;
    this.pinned = pinned;
    this.end = big ? 16 : 8;
    pinned.forEach(
        (field, position) -> {
          pinnedStart = position;
          pinnedEnd = position + field.value().length;
        });
  }

  /** The bytes of the structure; their number does not depend on the values of the fields. */
  static byte[] write(TiffDirectory directory, ByteOrder order, boolean big) {
    return new TiffStructure(order, big, new IdentityHashMap<>()).layOut(directory);
  }

  /**
   * The bytes of the structure with one value at a given place. A maker note may hold offsets that
   * count from the beginning of the structure, so it must not move.
   */
  static byte[] write(
      TiffDirectory directory, ByteOrder order, TiffField unmoved, OptionalLong position) {
    IdentityHashMap<TiffField, Long> pinned = new IdentityHashMap<>();
    if (position.isPresent()
        && position.getAsLong() >= 8
        && position.getAsLong() < 1 << 20
        && unmoved.value().length > 4) {
      pinned.put(unmoved, position.getAsLong());
    }
    return new TiffStructure(order, false, pinned).layOut(directory);
  }

  private byte[] layOut(TiffDirectory directory) {
    place(directory);
    long size = Math.max(end, pinnedEnd);
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size + size % 2)).order(order);
    byte letter = (byte) (order.equals(ByteOrder.BIG_ENDIAN) ? 'M' : 'I');
    out.put(letter).put(letter).putShort((short) (big ? 43 : 42));
    if (big) {
      out.putShort((short) 8).putShort((short) 0);
    }
    putOffset(out, positions.get(directory));
    write(directory, out);
    return out.array();
  }

  private void place(TiffDirectory directory) {
    int entries = directory.fields().size() + directory.children().size();
    positions.put(directory, allocate((big ? 16L : 6L) + (big ? 20L : 12L) * entries));
    for (TiffField field : directory.fields()) {
      if (pinned.containsKey(field)) {
        values.put(field, pinned.get(field));
      } else if (field.value().length > (big ? 8 : 4)) {
        values.put(field, allocate(field.value().length));
      }
    }
    directory.children().values().forEach(this::place);
  }

  private long allocate(long bytes) {
    long start = end + end % 2;
    if (start < pinnedEnd && start + bytes > pinnedStart) {
      start = pinnedEnd + pinnedEnd % 2;
    }
    end = start + bytes;
    return start;
  }

  private void write(TiffDirectory directory, ByteBuffer out) {
    out.position(Math.toIntExact(positions.get(directory)));
    TreeMap<Integer, Object> entries = new TreeMap<>(directory.children());
    directory.fields().forEach(field -> entries.put(field.tag(), field));
    if (big) {
      out.putLong(entries.size());
    } else {
      out.putShort((short) entries.size());
    }
    entries.forEach(
        (tag, entry) -> {
          if (entry instanceof TiffField field) {
            writeField(field, out);
          } else {
            out.putShort(tag.shortValue());
            out.putShort((short) (big ? IFD8_TYPE : tag == 0x014a ? IFD_TYPE : TiffField.LONG));
            putOffset(out, 1);
            putOffset(out, positions.get(entry));
          }
        });
    putOffset(out, 0);
    directory.children().values().forEach(child -> write(child, out));
  }

  private void writeField(TiffField field, ByteBuffer out) {
    out.putShort((short) field.tag()).putShort((short) field.type());
    putOffset(out, field.count());
    Long elsewhere = values.get(field);
    if (elsewhere == null) {
      int next = out.position() + (big ? 8 : 4);
      out.put(field.value()).position(next);
    } else {
      putOffset(out, elsewhere);
      out.put(Math.toIntExact(elsewhere), field.value());
    }
  }

  private void putOffset(ByteBuffer out, long value) {
    if (big) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }
}
