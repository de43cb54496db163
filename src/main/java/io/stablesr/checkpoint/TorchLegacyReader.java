package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Dict;
import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.Text;
import java.math.BigInteger;
import java.util.Map;

/**
 * Reads what torch.save wrote before 1.6.
 *
 * <pre>
 * file    = pickle(magic) pickle(1001) pickle(system) pickle(content) pickle([key, ..]) storage ..
 * storage = elements:i64 bytes
 * </pre>
 *
 * The storages follow in the order of the list of keys.
 */
final class TorchLegacyReader {
  /** What the first pickle holds. */
  static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private static final BigInteger VERSION = BigInteger.valueOf(1001);

  private final WeightFile file;
  private final PickleInput input;
  private final TorchTensors tensors;

  private TorchLegacyReader(WeightFile file) {
    this.file = file;
    this.input = new PickleInput(file, file.map(0, Math.min(file.size(), PickleInput.MAX_BYTES)));
    this.tensors = new TorchTensors(file, (key, region) -> {});
  }

  static CheckpointContents read(WeightFile file) {
    return new TorchLegacyReader(file).read();
  }

  private CheckpointContents read() {
    requireInteger(MAGIC, "magic number");
    requireInteger(VERSION, "format version");
    if (!(pickle() instanceof Dict system)
        || !(system.find("little_endian").orElse(null) instanceof PickleValue.Bool little)) {
      throw file.corrupt("its system record is damaged");
    }
    if (!little.value()) {
      throw file.corrupt("it was saved in big-endian order; save it again on a common machine");
    }
    PickleValue content = pickle();
    placeStorages(pickle());
    return StateDict.contents(file, content);
  }

  private PickleValue pickle() {
    return new PickleParser(input, tensors).parse();
  }

  private void requireInteger(BigInteger expected, String what) {
    if (!(pickle() instanceof PickleValue.Int number) || !number.value().equals(expected)) {
      throw file.corrupt("its %s is not that of torch.save", what);
    }
  }

  private void placeStorages(PickleValue keys) {
    if (!(keys instanceof Sequence list)) {
      throw file.corrupt("its list of storages is damaged");
    }
    Map<String, StorageRegion> regions = tensors.regions();
    long position = input.position();
    for (PickleValue item : list.items()) {
      StorageRegion region = item instanceof Text key ? regions.get(key.value()) : null;
      if (region == null || region.placed()) {
        throw file.corrupt("its list of storages names an unknown storage, or one twice");
      }
      long elements = file.read(position, Long.BYTES).getLong();
      if (elements != region.bytes() / region.type().bytes()) {
        throw file.corrupt(
            "a storage has %d elements where its description says %d",
            elements, region.bytes() / region.type().bytes());
      }
      region.place(position + Long.BYTES);
      position += Long.BYTES + region.bytes();
      if (position > file.size()) {
        throw file.corrupt(
            "its storages need %d bytes but it has %d (truncated?)", position, file.size());
      }
    }
    if (regions.values().stream().anyMatch(region -> !region.placed())) {
      throw file.corrupt("its list of storages is incomplete");
    }
  }
}
