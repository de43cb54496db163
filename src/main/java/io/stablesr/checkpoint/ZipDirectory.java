package io.stablesr.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The central directory of a zip or zip64 file. Entries are only located, never inflated: torch
 * stores its entries uncompressed, and a file that does not is refused when the entry is asked for.
 */
final class ZipDirectory {
  static final int LOCAL_SIGNATURE = 0x04034b50;

  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int END_BYTES = 22;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64_BYTES = 20;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final int MAX_COMMENT = 0xffff;
  private static final long MAX_DIRECTORY_BYTES = 64L << 20;
  private static final int MAX_ENTRIES = 200_000;
  private static final long IN_ZIP64 = 0xffffffffL;

  private final WeightFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long directoryOffset;

  private record Entry(int flags, int method, long packedBytes, long bytes, long localOffset) {}

  /** Where the bytes of an entry lie in the file. */
  record Location(long offset, long bytes) {}

  private record End(long position, long entryCount, long bytes, long offset) {}

  private ZipDirectory(WeightFile file) {
    this.file = file;
  }

  static ZipDirectory read(WeightFile file) {
    ZipDirectory directory = new ZipDirectory(file);
    End end = directory.end();
    if (end.bytes() < 0
        || end.bytes() > MAX_DIRECTORY_BYTES
        || end.offset() < 0
        || end.offset() > end.position() - end.bytes()) {
      throw file.corrupt(
          "its zip directory of %d bytes at %d lies outside the file or is too large",
          end.bytes(), end.offset());
    }
    if (end.entryCount() < 0
        || end.entryCount() > Math.min(MAX_ENTRIES, end.bytes() / CENTRAL_BYTES)) {
      throw file.corrupt("its zip directory claims %d entries", end.entryCount());
    }
    directory.directoryOffset = end.offset();
    directory.entries(file.map(end.offset(), end.bytes()), end.entryCount());
    return directory;
  }

  private End end() {
    int tailBytes = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT);
    long tailStart = file.size() - tailBytes;
    ByteBuffer tail = file.read(tailStart, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && Short.toUnsignedInt(tail.getShort(at + 20)) == tailBytes - at - END_BYTES) {
        return zip64End(tailStart + at)
            .orElse(
                new End(
                    tailStart + at,
                    Short.toUnsignedLong(tail.getShort(at + 10)),
                    Integer.toUnsignedLong(tail.getInt(at + 12)),
                    Integer.toUnsignedLong(tail.getInt(at + 16))));
      }
    }
    throw file.corrupt("its zip directory is missing (truncated download?)");
  }

  private Optional<End> zip64End(long endPosition) {
    long locatorPosition = endPosition - LOCATOR64_BYTES;
    if (locatorPosition < 0) {
      return Optional.empty();
    }
    ByteBuffer locator = file.read(locatorPosition, LOCATOR64_BYTES);
    if (locator.getInt(0) != LOCATOR64_SIGNATURE) {
      return Optional.empty();
    }
    long position = locator.getLong(8);
    if (position < 0 || position > locatorPosition - END64_BYTES) {
      throw file.corrupt("its zip64 record at %d lies outside the file", position);
    }
    ByteBuffer end = file.read(position, END64_BYTES);
    if (end.getInt(0) != END64_SIGNATURE) {
      throw file.corrupt("its zip64 record is damaged");
    }
    return Optional.of(new End(position, end.getLong(32), end.getLong(40), end.getLong(48)));
  }

  private void entries(ByteBuffer directory, long count) {
    for (long i = 0; i < count; i++) {
      if (directory.remaining() < CENTRAL_BYTES
          || directory.getInt(directory.position()) != CENTRAL_SIGNATURE) {
        throw file.corrupt("entry %d of its zip directory is damaged", i);
      }
      int at = directory.position();
      int nameBytes = Short.toUnsignedInt(directory.getShort(at + 28));
      int extraBytes = Short.toUnsignedInt(directory.getShort(at + 30));
      int commentBytes = Short.toUnsignedInt(directory.getShort(at + 32));
      if (directory.remaining() < CENTRAL_BYTES + nameBytes + extraBytes + commentBytes) {
        throw file.corrupt("entry %d of its zip directory is damaged", i);
      }
      byte[] name = new byte[nameBytes];
      directory.get(at + CENTRAL_BYTES, name);
      ByteBuffer extra =
          directory
              .slice(at + CENTRAL_BYTES + nameBytes, extraBytes)
              .order(ByteOrder.LITTLE_ENDIAN);
      put(new String(name, StandardCharsets.UTF_8), entry(directory, at, extra));
      directory.position(at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes);
    }
  }

  private void put(String name, Entry entry) {
    if (entries.put(name, entry) != null) {
      throw file.corrupt("its zip directory has '%s' twice", name);
    }
  }

  private Entry entry(ByteBuffer directory, int at, ByteBuffer extra) {
    long bytes = Integer.toUnsignedLong(directory.getInt(at + 24));
    long packedBytes = Integer.toUnsignedLong(directory.getInt(at + 20));
    long localOffset = Integer.toUnsignedLong(directory.getInt(at + 42));
    ByteBuffer wide = zip64Extra(extra);
    bytes = bytes == IN_ZIP64 ? wideValue(wide) : bytes;
    packedBytes = packedBytes == IN_ZIP64 ? wideValue(wide) : packedBytes;
    localOffset = localOffset == IN_ZIP64 ? wideValue(wide) : localOffset;
    return new Entry(
        Short.toUnsignedInt(directory.getShort(at + 8)),
        Short.toUnsignedInt(directory.getShort(at + 10)),
        packedBytes,
        bytes,
        localOffset);
  }

  private static ByteBuffer zip64Extra(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
      if (id == ZIP64_EXTRA) {
        return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  private long wideValue(ByteBuffer wide) {
    if (wide.remaining() < Long.BYTES) {
      throw file.corrupt("its zip directory lacks a zip64 size");
    }
    return wide.getLong();
  }

  /** The names of all entries, in directory order. */
  Iterable<String> names() {
    return entries.keySet();
  }

  /** Where the bytes of {@code name} lie, if there is such an entry. */
  Optional<Location> find(String name) {
    return Optional.ofNullable(entries.get(name)).map(entry -> locate(name, entry));
  }

  private Location locate(String name, Entry entry) {
    if ((entry.flags() & 1) != 0) {
      throw file.corrupt("its entry '%s' is encrypted", name);
    }
    if (entry.method() != 0 || entry.packedBytes() != entry.bytes()) {
      throw file.corrupt(
          "its entry '%s' is compressed, which torch.save never does; unpack the file and zip it"
              + " again with compression 0",
          name);
    }
    if (entry.localOffset() < 0 || entry.localOffset() > directoryOffset - LOCAL_BYTES) {
      throw file.corrupt("its entry '%s' lies outside the file", name);
    }
    ByteBuffer local = file.read(entry.localOffset(), LOCAL_BYTES);
    long start =
        entry.localOffset()
            + LOCAL_BYTES
            + Short.toUnsignedInt(local.getShort(26))
            + Short.toUnsignedInt(local.getShort(28));
    if (local.getInt(0) != LOCAL_SIGNATURE
        || entry.bytes() < 0
        || start > directoryOffset
        || entry.bytes() > directoryOffset - start) {
      throw file.corrupt("its entry '%s' lies outside the file or is damaged", name);
    }
    return new Location(start, entry.bytes());
  }
}
