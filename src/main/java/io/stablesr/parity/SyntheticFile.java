package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A temporary file of synthetic weights of a full-size network; gone when closed. */
final class SyntheticFile implements AutoCloseable {
  private final Path file;
  private final Checkpoint checkpoint;

  private SyntheticFile(Path file, Checkpoint checkpoint) {
    this.file = file;
    this.checkpoint = checkpoint;
  }

  /** A file of what {@code content} adds. */
  static SyntheticFile of(Consumer<SafetensorsWriter> content) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    content.accept(writer);
    try {
      Path file = Files.createTempFile("stablesr-parity", ".safetensors");
      try {
        writer.write(file);
        return new SyntheticFile(file, Checkpoint.open(file));
      } catch (RuntimeException e) {
        Files.delete(file);
        throw e;
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE,
          "The temporary file of weights cannot be written: " + e.getMessage(),
          e);
    }
  }

  /** All weights of a graph. */
  static void add(SafetensorsWriter writer, Graph graph, SyntheticRules rules) {
    graph.parameters().values().forEach(spec -> add(writer, spec.key(), rules, spec.lengths()));
  }

  /** One weight. */
  static void add(SafetensorsWriter writer, String key, SyntheticRules rules, long... shape) {
    SyntheticWeights.add(writer, key, shape, ElementType.F32, rules);
  }

  /**
   * All weights that {@code keys_NAME.json} lists, a list of pairs of key and shape in the folder
   * {@code keys} beside or in the recorded one.
   */
  static SyntheticFile ofKeys(Path recordedFolder, String name, SyntheticRules rules) {
    String fileName = "keys_%s.json".formatted(name);
    Path beside = recordedFolder.resolve("..").resolve("keys").resolve(fileName).normalize();
    Path inside = recordedFolder.resolve("keys").resolve(fileName);
    Path list = Files.exists(inside) ? inside : beside;
    try {
      JsonArray pairs = JsonParser.parseString(Files.readString(list)).getAsJsonArray();
      return of(writer -> pairs.forEach(pair -> add(writer, pair.getAsJsonArray(), rules)));
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The list of keys %s cannot be read; it names the weights that the recording was made with."
              .formatted(list),
          e);
    }
  }

  private static void add(SafetensorsWriter writer, JsonArray pair, SyntheticRules rules) {
    JsonArray dimensions = pair.get(1).getAsJsonArray();
    long[] shape =
        IntStream.range(0, dimensions.size())
            .mapToObj(dimensions::get)
            .mapToLong(JsonElement::getAsLong)
            .toArray();
    add(writer, pair.get(0).getAsString(), rules, shape);
  }

  Weights weights() {
    return Weights.of(checkpoint);
  }

  @Override
  public void close() {
    checkpoint.close();
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "%s cannot be deleted.".formatted(file), e);
    }
  }
}
