package io.stablesr.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.StreamSupport;

/** Recorded reference tensors of one safetensors file in {@code ../shared/goldens/public}. */
public final class Goldens {
  private final JsonObject header;
  private final ByteBuffer body;

  private Goldens(JsonObject header, ByteBuffer body) {
    this.header = header;
    this.body = body;
  }

  /** The file {@code <name>.safetensors}. */
  public static Goldens of(String name) {
    return read(SharedFolder.path("goldens/public/" + name + ".safetensors"));
  }

  /** Any small safetensors file. */
  public static Goldens read(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(bytes.getLong());
      String json = new String(bytes.array(), Long.BYTES, length, StandardCharsets.UTF_8);
      ByteBuffer body =
          bytes
              .slice(Long.BYTES + length, bytes.capacity() - Long.BYTES - length)
              .order(ByteOrder.LITTLE_ENDIAN);
      return new Goldens(JsonParser.parseString(json).getAsJsonObject(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the file has the tensor. */
  public boolean has(String name) {
    return header.has(name);
  }

  /** A string of {@code __metadata__}. */
  public String metadata(String key) {
    return header.getAsJsonObject("__metadata__").get(key).getAsString();
  }

  /** An F32 tensor. */
  public FloatTensor tensor(String name) {
    return FloatTensor.of(floats(name), shape(name));
  }

  /** Entry {@code index} of the first dimension of an F32 tensor. */
  public FloatTensor tensor(String name, int index) {
    int[] shape = shape(name);
    int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
    int size = Arrays.stream(rest).reduce(1, Math::multiplyExact);
    return FloatTensor.of(Arrays.copyOfRange(floats(name), index * size, (index + 1) * size), rest);
  }

  /** The values of an F32 tensor. */
  public float[] floats(String name) {
    ByteBuffer data = data(name, "F32");
    float[] values = new float[data.remaining() / Float.BYTES];
    data.asFloatBuffer().get(values);
    return values;
  }

  /** The values of an F64 tensor. */
  public double[] doubles(String name) {
    ByteBuffer data = data(name, "F64");
    double[] values = new double[data.remaining() / Double.BYTES];
    data.asDoubleBuffer().get(values);
    return values;
  }

  /** The values of an I64 tensor. */
  public int[] ints(String name) {
    ByteBuffer data = data(name, "I64");
    long[] values = new long[data.remaining() / Long.BYTES];
    data.asLongBuffer().get(values);
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  /** The values of a U8 tensor. */
  public byte[] bytes(String name) {
    ByteBuffer data = data(name, "U8");
    byte[] values = new byte[data.remaining()];
    data.get(values);
    return values;
  }

  /** The shape of a tensor. */
  public int[] shape(String name) {
    return StreamSupport.stream(entry(name).getAsJsonArray("shape").spliterator(), false)
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  private JsonObject entry(String name) {
    if (!header.has(name)) {
      throw new AssertionError("No tensor " + name + " among " + header.keySet());
    }
    return header.getAsJsonObject(name);
  }

  private ByteBuffer data(String name, String type) {
    JsonObject entry = entry(name);
    if (!entry.get("dtype").getAsString().equals(type)) {
      throw new AssertionError(name + " is " + entry.get("dtype") + ", not " + type);
    }
    int from = entry.getAsJsonArray("data_offsets").get(0).getAsInt();
    int to = entry.getAsJsonArray("data_offsets").get(1).getAsInt();
    return body.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
  }
}
