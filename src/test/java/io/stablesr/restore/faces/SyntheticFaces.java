package io.stablesr.restore.faces;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Files of synthetic weights of the face networks, full size. */
public final class SyntheticFaces {
  private SyntheticFaces() {}

  /** All keys of {@code keys_NAME.json}, each after {@code prefix}. */
  public static Checkpoint write(Path file, String name, String prefix) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    String keys = Files.readString(SharedFolder.path("goldens2/keys/keys_" + name + ".json"));
    for (JsonElement pair : JsonParser.parseString(keys).getAsJsonArray()) {
      JsonArray entry = pair.getAsJsonArray();
      long[] shape =
          entry.get(1).getAsJsonArray().asList().stream()
              .mapToLong(JsonElement::getAsLong)
              .toArray();
      String key = entry.get(0).getAsString();
      float[] values = SyntheticWeights.values(key, shape, SyntheticRules.PLAIN);
      int[] dims = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
      writer.add(prefix + key, FloatTensor.of(values, dims), ElementType.F32);
    }
    writer.write(file);
    return Checkpoint.open(file);
  }
}
