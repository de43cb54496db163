package io.stablesr.testing;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.core.FloatTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Recorded reference tensors of one safetensors file in {@code ../shared}. */
public final class Goldens {
  private final Checkpoint file;

  private Goldens(Checkpoint file) {
    this.file = file;
  }

  /** The file {@code <name>.safetensors} of {@code goldens/public}. */
  public static Goldens of(String name) {
    return at("goldens/public/" + name + ".safetensors");
  }

  /** The file {@code <name>.safetensors} of {@code goldens2/public}: operators and metrics. */
  public static Goldens ofOperators(String name) {
    return at("goldens2/public/" + name + ".safetensors");
  }

  private static Goldens at(String relative) {
    // Mapped memory stays valid after closing; the file is small and its channel is not worth a
    // try block in every test.
    return new Goldens(Checkpoint.open(SharedFolder.path(relative)));
  }

  /** All tensor names. */
  public Set<String> names() {
    return file.names();
  }

  /** Whether the file has the tensor. */
  public boolean has(String name) {
    return file.names().contains(name);
  }

  /** The strings of {@code __metadata__}. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** A string of {@code __metadata__}. */
  public String metadata(String key) {
    return file.metadata().get(key);
  }

  /** A tensor of any type as fp32. */
  public FloatTensor tensor(String name) {
    return file.get(name).toFloats();
  }

  /** Entry {@code index} of the first dimension. */
  public FloatTensor tensor(String name, int index) {
    return picture(tensor(name), index);
  }

  /** Entry {@code index} of a batch. */
  public static FloatTensor picture(FloatTensor batch, int index) {
    int[] rest = Arrays.copyOfRange(batch.shape(), 1, batch.rank());
    int size = Arrays.stream(rest).reduce(1, Math::multiplyExact);
    return FloatTensor.of(Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size), rest);
  }

  /** The values as fp32. */
  public float[] floats(String name) {
    return tensor(name).data();
  }

  /** The values in double precision. */
  public double[] doubles(String name) {
    return file.get(name).toDoubles();
  }

  /** The values as integers. */
  public int[] ints(String name) {
    return Arrays.stream(file.get(name).toLongs()).mapToInt(Math::toIntExact).toArray();
  }

  /** The bytes as stored. */
  public byte[] bytes(String name) {
    ByteBuffer bytes = file.get(name).bytes();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** The dimensions. */
  public int[] shape(String name) {
    return Arrays.stream(file.get(name).shape()).mapToInt(Math::toIntExact).toArray();
  }
}
