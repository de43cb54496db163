package io.stablesr.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the directories of a TIFF structure: a TIFF or BigTIFF file, or an EXIF block. */
final class TiffReader {
  /** More fields than any real directory has. */
  private static final int MAX_FIELDS = 4096;

  /** More pages, and more fields in all of them, than are looked at. */
  private static final int MAX_DIRECTORIES = 1_000;

  private static final int MAX_CHAIN_FIELDS = 100_000;

  private final FileWindow file;
  private final ByteOrder order;
  private final boolean big;
  private final long first;

  /**
   * A field as it is stored.
   *
   * @param position of the value in the structure
   */
  record Entry(int tag, int type, long count, long position) {
    /** Bytes of the value; meaningless sizes give a huge number. */
    long bytes() {
      long unit = TiffField.typeBytes(type);
      return count < 0 || count > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : unit * count;
    }
  }

  /** The entries of one directory; {@code next} is 0 at the end of the chain. */
  record Directory(List<Entry> entries, long next) {}

  TiffReader(FileWindow file) throws IOException {
    this.file = file;
    ByteBuffer header = ByteBuffer.wrap(file.read(0, 8));
    int letters = header.getShort();
    if (letters != 0x4949 && letters != 0x4d4d) {
      throw new IOException("there is no TIFF byte order mark");
    }
    this.order = letters == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    header.order(order);
    int version = header.getShort();
    if (version != 42 && version != 43) {
      throw new IOException("%d is not a TIFF version".formatted(version));
    }
    this.big = version == 43;
    this.first = big ? buffer(8, 8).getLong() : header.getInt(4) & 0xffffffffL;
  }

  ByteOrder order() {
    return order;
  }

  /** Where the first directory begins. */
  long first() {
    return first;
  }

  /** The directory at an offset; entries of unknown types are left out. */
  Directory directory(long offset) throws IOException {
    long count = big ? buffer(offset, 8).getLong() : buffer(offset, 2).getShort() & 0xffffL;
    if (count < 0 || count > MAX_FIELDS) {
      throw new IOException("a directory claims %d fields".formatted(count));
    }
    long start = offset + (big ? 8 : 2);
    int entryBytes = big ? 20 : 12;
    ByteBuffer bytes = buffer(start, (int) count * entryBytes);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = i * entryBytes;
      int type = bytes.getShort(at + 2) & 0xffff;
      long values = big ? bytes.getLong(at + 4) : bytes.getInt(at + 4) & 0xffffffffL;
      Entry entry = new Entry(bytes.getShort(at) & 0xffff, type, values, 0);
      int valueAt = at + (big ? 12 : 8);
      long position = start + valueAt;
      if (entry.bytes() > (big ? 8 : 4)) {
        position = big ? bytes.getLong(valueAt) : bytes.getInt(valueAt) & 0xffffffffL;
      }
      if (TiffField.typeBytes(type) > 0) {
        entries.add(new Entry(entry.tag(), type, values, position));
      }
    }
    return new Directory(entries, next(start + count * entryBytes));
  }

  /** The value of an entry, at most {@code maxBytes} long. */
  TiffField field(Entry entry, long maxBytes) throws IOException {
    if (entry.bytes() > maxBytes) {
      throw new IOException("field %d claims %d values".formatted(entry.tag(), entry.count()));
    }
    return new TiffField(
        entry.tag(), entry.type(), entry.count(), file.read(entry.position(), (int) entry.bytes()));
  }

  /** The number in an entry that holds one. */
  OptionalLong number(Directory directory, int tag) throws IOException {
    for (Entry entry : directory.entries()) {
      if (entry.tag() == tag && entry.count() > 0) {
        Entry one = new Entry(tag, entry.type(), 1, entry.position());
        return OptionalLong.of(field(one, 8).firstNumber(order));
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The directories of the chain, as far as they can be read and as a bounded number.
   *
   * @throws CyclicChainException where the chain comes back to itself
   */
  List<Directory> chain() throws CyclicChainException {
    List<Directory> chain = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    int fields = 0;
    long at = first;
    while (at != 0 && chain.size() < MAX_DIRECTORIES && fields < MAX_CHAIN_FIELDS) {
      if (!seen.add(at)) {
        throw new CyclicChainException();
      }
      try {
        Directory directory = directory(at);
        chain.add(directory);
        fields += directory.entries().size();
        at = directory.next();
      } catch (IOException e) {
        // The pages so far are good; the codec has its own say about the first.
        return chain;
      }
    }
    return chain;
  }

  /** A chain of directories without an end. */
  static final class CyclicChainException extends IOException {
    private static final long serialVersionUID = 1L;

    CyclicChainException() {
      super("its chain of directories comes back to itself");
    }
  }

  /** Files that end right behind the last entry are common enough. */
  private long next(long position) throws IOException {
    try {
      return big ? buffer(position, 8).getLong() : buffer(position, 4).getInt() & 0xffffffffL;
    } catch (EOFException e) {
      return 0;
    }
  }

  private ByteBuffer buffer(long position, int length) throws IOException {
    return ByteBuffer.wrap(file.read(position, length)).order(order);
  }
}
