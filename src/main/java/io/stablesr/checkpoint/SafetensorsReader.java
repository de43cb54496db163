package io.stablesr.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the header of a safetensors file.
 *
 * <pre>
 * file   = headerBytes:u64 header data
 * header = { "name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..,
 *            "__metadata__": {"text": "text", ..} }
 * </pre>
 *
 * Offsets count from the end of the header; the tensors must fill the data without gaps.
 */
final class SafetensorsReader {
  /** The limit of the format's reference implementation. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  static final int LENGTH_BYTES = Long.BYTES;

  private static final int MAX_ENTRIES = 100_000;

  private final WeightFile file;
  private final long dataStart;
  private final JsonReader json;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Range> ranges = new ArrayList<>();

  private record Range(String name, long begin, long end) {}

  private SafetensorsReader(WeightFile file, long headerBytes, JsonReader json) {
    this.file = file;
    this.dataStart = LENGTH_BYTES + headerBytes;
    this.json = json;
  }

  static CheckpointContents read(WeightFile file) {
    long headerBytes = file.read(0, LENGTH_BYTES).getLong();
    if (headerBytes < 0 || headerBytes > file.size() - LENGTH_BYTES) {
      throw file.corrupt(
          "its safetensors header of %s bytes is larger than the file (%d bytes; truncated?)",
          Long.toUnsignedString(headerBytes), file.size());
    }
    if (headerBytes > MAX_HEADER_BYTES) {
      throw file.corrupt(
          "its safetensors header of %d bytes is larger than the limit of %d",
          headerBytes, MAX_HEADER_BYTES);
    }
    try (JsonReader json = new JsonReader(utf8(file.map(LENGTH_BYTES, headerBytes)))) {
      json.setStrictness(Strictness.STRICT);
      return new SafetensorsReader(file, headerBytes, json).header();
    } catch (IOException | IllegalStateException e) {
      throw file.corrupt("its safetensors header is not valid JSON (%s)", e.getMessage());
    }
  }

  private static Reader utf8(ByteBuffer bytes) {
    return Channels.newReader(
        new BufferChannel(bytes),
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT),
        -1);
  }

  private CheckpointContents header() throws IOException {
    boolean metadataSeen = false;
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (!name.equals("__metadata__")) {
        tensor(name);
      } else if (metadataSeen) {
        throw file.corrupt("its safetensors header has __metadata__ twice");
      } else {
        metadata();
        metadataSeen = true;
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw file.corrupt("its safetensors header goes on after its end");
    }
    requireFilled();
    return new CheckpointContents(tensors, metadata, Optional.empty());
  }

  private void metadata() throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (json.peek() != JsonToken.STRING) {
        throw file.corrupt("metadata '%s' is no text", key);
      }
      if (metadata.put(key, json.nextString()) != null) {
        throw file.corrupt("metadata '%s' is there twice", key);
      }
      requireFewEntries(metadata.size());
    }
    json.endObject();
  }

  private void tensor(String name) throws IOException {
    String type = null;
    long[] shape = null;
    long[] offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      String field = json.nextName();
      if (field.equals("dtype") && type == null && json.peek() == JsonToken.STRING) {
        type = json.nextString();
      } else if (field.equals("shape") && shape == null) {
        shape = integers(name);
      } else if (field.equals("data_offsets") && offsets == null) {
        offsets = integers(name);
      } else {
        throw file.corrupt("tensor '%s' has an unexpected or repeated field '%s'", name, field);
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw file.corrupt("tensor '%s' lacks its dtype, shape or two data_offsets", name);
    }
    add(name, elementType(name, type), shape, offsets[0], offsets[1]);
  }

  private ElementType elementType(String name, String type) {
    return ElementType.ofSafetensors(type)
        .orElseThrow(() -> file.corrupt("tensor '%s' has unsupported dtype %s", name, type));
  }

  private void add(String name, ElementType type, long[] shape, long begin, long end) {
    if (begin > end || end > file.size() - dataStart) {
      throw file.corrupt(
          "tensor '%s' lies at %d to %d of %d data bytes (truncated?)",
          name, begin, end, file.size() - dataStart);
    }
    long needed = neededBytes(name, type, shape);
    if (needed != end - begin) {
      throw file.corrupt("tensor '%s' needs %d bytes but has %d", name, needed, end - begin);
    }
    StorageRegion region = new StorageRegion(type, needed).place(dataStart + begin);
    StoredTensor tensor =
        StoredTensor.checked(file, name, type, region, 0, shape, TensorLayout.rowMajor(shape));
    if (tensors.put(name, tensor) != null) {
      throw file.corrupt("key '%s' is there twice", name);
    }
    requireFewEntries(tensors.size());
    ranges.add(new Range(name, begin, end));
  }

  private long neededBytes(String name, ElementType type, long[] shape) {
    try {
      return Math.multiplyExact(TensorLayout.elements(shape), (long) type.bytes());
    } catch (ArithmeticException e) {
      throw file.corrupt("the size of tensor '%s' overflows", name);
    }
  }

  private long[] integers(String name) throws IOException {
    List<Long> values = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      String digits = json.peek() == JsonToken.NUMBER ? json.nextString() : "";
      if (digits.isEmpty()
          || digits.length() > 18
          || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw file.corrupt("tensor '%s' has a length or offset that is no natural number", name);
      }
      if (values.size() == TensorLayout.MAX_RANK) {
        throw file.corrupt("tensor '%s' has more than %d dimensions", name, TensorLayout.MAX_RANK);
      }
      values.add(Long.parseLong(digits));
    }
    json.endArray();
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private void requireFewEntries(int entries) {
    if (entries > MAX_ENTRIES) {
      throw file.corrupt("it has more than %d entries", MAX_ENTRIES);
    }
  }

  private void requireFilled() {
    ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    long end = 0;
    for (Range range : ranges) {
      if (range.begin() != end) {
        throw file.corrupt(
            "tensor '%s' begins at %d where %d was expected: tensors overlap or leave a gap",
            range.name(), range.begin(), end);
      }
      end = range.end();
    }
    if (dataStart + end != file.size()) {
      throw file.corrupt(
          "its tensors end at %d but the file has %d bytes", dataStart + end, file.size());
    }
  }
}
