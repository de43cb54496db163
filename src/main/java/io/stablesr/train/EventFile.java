package io.stablesr.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Scalars in the format that TensorBoard reads: records of a length, a message {@code Event} and a
 * checksum of each. Only the four fields that a scalar needs are written.
 */
final class EventFile {
  private static final int WALL_TIME = 1 << 3 | 1;
  private static final int STEP = 2 << 3;
  private static final int FILE_VERSION = 3 << 3 | 2;
  private static final int SUMMARY = 5 << 3 | 2;
  private static final int SUMMARY_VALUE = 1 << 3 | 2;
  private static final int VALUE_TAG = 1 << 3 | 2;
  private static final int VALUE_SIMPLE = 2 << 3 | 5;
  private static final int CHECKSUM_OFFSET = 0xa282ead8;

  private final Path file;
  private final Clock clock;

  EventFile(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Begins the file anew. */
  void begin() throws IOException {
    byte[] version = "brain.Event:2".getBytes(StandardCharsets.UTF_8);
    ByteBuffer event = message(16 + version.length);
    wallTime(event);
    bytes(event, FILE_VERSION, version);
    Files.write(file, record(done(event)));
  }

  /** Adds a scalar for each value. */
  void append(long step, Map<String, Double> values) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, Double> each : values.entrySet()) {
      byte[] tag = each.getKey().getBytes(StandardCharsets.UTF_8);
      ByteBuffer value = message(16 + tag.length);
      bytes(value, VALUE_TAG, tag);
      value.put((byte) VALUE_SIMPLE).putFloat(each.getValue().floatValue());
      ByteBuffer summary = message(32 + tag.length);
      bytes(summary, SUMMARY_VALUE, done(value));
      byte[] content = done(summary);
      ByteBuffer event = message(48 + content.length);
      wallTime(event);
      event.put((byte) STEP);
      variable(event, step);
      bytes(event, SUMMARY, content);
      records.writeBytes(record(done(event)));
    }
    Files.write(file, records.toByteArray(), StandardOpenOption.APPEND);
  }

  private static ByteBuffer message(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void wallTime(ByteBuffer event) {
    event.put((byte) WALL_TIME).putDouble(clock.millis() / 1000.0);
  }

  private static void bytes(ByteBuffer message, int key, byte[] content) {
    message.put((byte) key);
    variable(message, content.length);
    message.put(content);
  }

  private static byte[] done(ByteBuffer message) {
    byte[] content = new byte[message.position()];
    message.flip();
    message.get(content);
    return content;
  }

  private static void variable(ByteBuffer message, long value) {
    long rest = value;
    while (rest >= 0x80) {
      message.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    message.put((byte) rest);
  }

  private static byte[] record(byte[] event) {
    byte[] length = done(message(8).putLong(event.length));
    ByteBuffer record = message(16 + event.length);
    record.put(length).putInt(checksum(length)).put(event).putInt(checksum(event));
    return done(record);
  }

  /** CRC-32C, rotated and shifted so that checksums of checksums are no weaker. */
  private static int checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Integer.rotateRight((int) crc.getValue(), 15) + CHECKSUM_OFFSET;
  }
}
