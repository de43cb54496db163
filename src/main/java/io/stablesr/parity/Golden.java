package io.stablesr.parity;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.StoredTensor;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A recorded file; remembers which tensors were looked at. */
final class Golden implements AutoCloseable {
  private final Checkpoint file;
  private final Set<String> used = new LinkedHashSet<>();

  Golden(Path path) {
    this.file = Checkpoint.open(path);
  }

  /** All tensor names, sorted. */
  Set<String> names() {
    return new TreeSet<>(file.names());
  }

  boolean has(String name) {
    return file.names().contains(name);
  }

  /** Names that match as a whole, sorted. */
  List<Matcher> matching(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return names().stream().map(pattern::matcher).filter(Matcher::matches).toList();
  }

  /** An entry of the metadata; the recorded word null counts as absent. */
  Optional<String> metadata(String key) {
    return Optional.ofNullable(file.metadata().get(key)).filter(text -> !text.equals("null"));
  }

  FloatTensor tensor(String name) {
    return stored(name).toFloats();
  }

  long[] longs(String name) {
    return stored(name).toLongs();
  }

  int[] ints(String name) {
    return Arrays.stream(longs(name)).mapToInt(Math::toIntExact).toArray();
  }

  double[] doubles(String name) {
    return stored(name).toDoubles();
  }

  /** The dimensions; does not count as looking at the tensor. */
  int[] shape(String name) {
    return Arrays.stream(file.get(name).shape()).mapToInt(Math::toIntExact).toArray();
  }

  private StoredTensor stored(String name) {
    StoredTensor tensor = file.get(name);
    used.add(name);
    return tensor;
  }

  /** Names nobody has looked at. */
  Set<String> unused() {
    Set<String> rest = names();
    rest.removeAll(used);
    return rest;
  }

  /** For networks that have no weights but want to be given some. */
  Weights asWeights() {
    return Weights.of(file);
  }

  @Override
  public void close() {
    file.close();
  }
}
