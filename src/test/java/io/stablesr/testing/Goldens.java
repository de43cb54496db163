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
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Recorded tensors of one safetensors file under {@code ../shared/goldens/public}. */
public final class Goldens {
  private final JsonObject header;
  private final ByteBuffer data;

  private Goldens(JsonObject header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  /** Reads {@code <name>.safetensors}. */
  public static Goldens open(String name) {
    try {
      byte[] bytes =
          Files.readAllBytes(SharedFolder.path("goldens/public/" + name + ".safetensors"));
      ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(file.getLong());
      String json = new String(bytes, 8, length, StandardCharsets.UTF_8);
      ByteBuffer data =
          file.slice(8 + length, bytes.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
      return new Goldens(JsonParser.parseString(json).getAsJsonObject(), data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all tensors. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(header.keySet());
    names.remove("__metadata__");
    return names;
  }

  /** The {@code __metadata__} entries. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : header.getAsJsonObject("__metadata__").entrySet()) {
      metadata.put(entry.getKey(), entry.getValue().getAsString());
    }
    return metadata;
  }

  /** An F32 tensor, or one of another type converted to fp32. */
  public FloatTensor tensor(String name) {
    JsonObject entry = header.getAsJsonObject(name);
    if (entry == null) {
      throw new IllegalArgumentException("No tensor %s among %s".formatted(name, names()));
    }
    int[] shape =
        entry.getAsJsonArray("shape").asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    int at = entry.getAsJsonArray("data_offsets").get(0).getAsInt();
    FloatTensor tensor = FloatTensor.zeros(shape);
    float[] out = tensor.data();
    String type = entry.get("dtype").getAsString();
    for (int i = 0; i < out.length; i++) {
      out[i] =
          switch (type) {
            case "F32" -> data.getFloat(at + 4 * i);
            case "F64" -> (float) data.getDouble(at + 8 * i);
            case "I64" -> data.getLong(at + 8 * i);
            case "U8" -> data.get(at + i) & 0xff;
            default -> throw new IllegalArgumentException("Tensor %s is %s".formatted(name, type));
          };
    }
    return tensor;
  }

  /** Picture {@code index} of a batch {@code [N,C,H,W]} as {@code [C,H,W]}. */
  public static FloatTensor picture(FloatTensor batch, int index) {
    int size = batch.size() / batch.dim(0);
    float[] part = Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size);
    return FloatTensor.of(part, batch.dim(1), batch.dim(2), batch.dim(3));
  }
}
