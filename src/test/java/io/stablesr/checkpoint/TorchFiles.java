package io.stablesr.checkpoint;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Builds torch files in memory, with every header field under the test's control. */
final class TorchFiles {
  /** Which size fields the zip directory uses. */
  enum Zip {
    CLASSIC,
    ZIP64
  }

  private TorchFiles() {}

  static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** A zip checkpoint with this pickle and these storages. */
  static byte[] zip(byte[] pickle, Map<String, byte[]> storages) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", pickle);
    entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    storages.forEach((key, bytes) -> entries.put("archive/data/" + key, bytes));
    entries.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return archive(entries, Zip.CLASSIC);
  }

  /** A zip file with stored entries. */
  static byte[] archive(Map<String, byte[]> entries, Zip kind) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    entries.forEach(
        (name, bytes) -> {
          int offset = out.size();
          out.writeBytes(header(0x04034b50, name, bytes, 0, offset, Zip.CLASSIC));
          out.writeBytes(bytes);
          directory.writeBytes(header(0x02014b50, name, bytes, 0, offset, kind));
        });
    int directoryOffset = out.size();
    out.writeBytes(directory.toByteArray());
    out.writeBytes(end(entries.size(), directory.size(), directoryOffset, kind));
    return out.toByteArray();
  }

  /** A local or central header; {@code method} 0 is stored. */
  static byte[] header(int signature, String name, byte[] bytes, int method, int offset, Zip kind) {
    boolean central = signature == 0x02014b50;
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    boolean wide = central && kind == Zip.ZIP64;
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ByteBuffer out = ByteBuffer.allocate(200 + nameBytes.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(signature);
    if (central) {
      out.putShort((short) 45);
    }
    out.putShort((short) 45).putShort((short) 0).putShort((short) method).putInt(0);
    out.putInt((int) crc.getValue());
    out.putInt(wide ? -1 : bytes.length).putInt(wide ? -1 : bytes.length);
    out.putShort((short) nameBytes.length).putShort((short) (wide ? 28 : 0));
    if (central) {
      out.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
      out.putInt(wide ? -1 : offset);
    }
    out.put(nameBytes);
    if (wide) {
      out.putShort((short) 1).putShort((short) 24);
      out.putLong(bytes.length).putLong(bytes.length).putLong(offset);
    }
    return slice(out);
  }

  private static byte[] end(int count, int bytes, int offset, Zip kind) {
    ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = kind == Zip.ZIP64;
    if (wide) {
      out.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putLong(0);
      out.putLong(count).putLong(count).putLong(bytes).putLong(offset);
      out.putInt(0x07064b50).putInt(0).putLong(offset + bytes).putInt(1);
    }
    short shortCount = (short) (wide ? -1 : count);
    out.putInt(0x06054b50).putInt(0).putShort(shortCount).putShort(shortCount);
    out.putInt(wide ? -1 : bytes).putInt(wide ? -1 : offset).putShort((short) 0);
    return slice(out);
  }

  /** A legacy file: element counts and bytes of each storage, in order. */
  static byte[] legacy(byte[] pickle, Map<String, byte[]> floatStorages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Pickles.start().big(new BigInteger("1950a86a20f9469cfc6c", 16)).stop());
    out.writeBytes(Pickles.start().integer(1001).stop());
    out.writeBytes(Pickles.start().op('}').text("little_endian").op(0x88).op('s').stop());
    out.writeBytes(pickle);
    Pickles keys = Pickles.start().op(']').mark();
    floatStorages.keySet().forEach(keys::text);
    out.writeBytes(keys.op('e').stop());
    floatStorages.forEach(
        (key, bytes) -> {
          ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          out.writeBytes(count.putLong(bytes.length / Float.BYTES).array());
          out.writeBytes(bytes);
        });
    return out.toByteArray();
  }

  /**
   * {@code {'state_dict': {'a': [1,2,3], 'inner': {'b': 2x2 view, 'c': transposed}}, 'epoch': 7}}.
   */
  static byte[] samplePickle() {
    return Pickles.start()
        .op('}')
        .mark()
        .text("state_dict")
        .orderedDict()
        .mark()
        .text("a")
        .floats("0", 3)
        .text("inner")
        .op('}')
        .mark()
        .text("b")
        .tensor("FloatStorage", "1", 6, 1, new long[] {2, 2}, new long[] {2, 1})
        .text("c")
        .tensor("FloatStorage", "1", 6, 0, new long[] {3, 2}, new long[] {1, 3})
        .op('u')
        .op('u')
        .text("epoch")
        .integer(7)
        .op('u')
        .stop();
  }

  static Map<String, byte[]> sampleStorages() {
    Map<String, byte[]> storages = new LinkedHashMap<>();
    storages.put("0", floats(1, 2, 3));
    storages.put("1", floats(10, 11, 12, 13, 14, 15));
    return storages;
  }

  private static byte[] slice(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }
}
