package io.stablesr.checkpoint;

import io.stablesr.checkpoint.PickleValue.Name;
import io.stablesr.checkpoint.PickleValue.Sequence;
import io.stablesr.checkpoint.PickleValue.Text;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns torch's storage references and tensor constructors into {@link StoredTensor}s. */
final class TorchTensors {
  private static final Set<String> STORAGE_MODULES = Set.of("torch", "torch.cuda", "torch.storage");

  private final WeightFile file;
  private final Map<String, StorageRegion> regions = new LinkedHashMap<>();
  private final Locator locator;

  /** Finds the bytes of a storage, where they are known while the pickle is read. */
  interface Locator {
    /** Places {@code region}, which holds the storage {@code key}. */
    void locate(String key, StorageRegion region);
  }

  TorchTensors(WeightFile file, Locator locator) {
    this.file = file;
    this.locator = locator;
  }

  /** The storages seen so far, by key. */
  Map<String, StorageRegion> regions() {
    return regions;
  }

  /** A storage reference: {@code ('storage', type, key, device, elements)}. */
  PickleValue storage(PickleValue id) {
    if (!(id instanceof Sequence tuple)
        || tuple.items().size() < 5
        || !(tuple.items().get(0) instanceof Text tag)
        || !tag.value().equals("storage")
        || !(tuple.items().get(1) instanceof Name type)
        || !(tuple.items().get(2) instanceof Text key)
        || !(tuple.items().get(4) instanceof PickleValue.Int count)) {
      throw file.corrupt("its pickle holds a persistent id that is no torch storage");
    }
    if (tuple.items().size() > 5 && !(tuple.items().get(5) instanceof PickleValue.None)) {
      throw file.corrupt(
          "it holds storage views as torch wrote them before 0.4; save it again with a newer torch");
    }
    ElementType elementType = storageType(type);
    long elements = integer(count, "a storage size");
    if (elements < 0 || elements > file.size() / elementType.bytes()) {
      throw file.corrupt(
          "storage '%s' claims %d elements of %s, more than the file's %d bytes (truncated?)",
          key.value(), elements, elementType, file.size());
    }
    return storage(key.value(), elementType, elements * elementType.bytes());
  }

  private PickleValue storage(String key, ElementType type, long bytes) {
    StorageRegion known = regions.get(key);
    if (known == null) {
      known = new StorageRegion(type, bytes);
      locator.locate(key, known);
      regions.put(key, known);
    } else if (known.type() != type || known.bytes() != bytes) {
      throw file.corrupt("storage '%s' is described in two ways", key);
    }
    return new PickleValue.Storage(key, type, bytes);
  }

  private ElementType storageType(Name name) {
    if (STORAGE_MODULES.contains(name.module())) {
      if (name.name().equals("UntypedStorage")) {
        return ElementType.U8;
      }
      Optional<ElementType> type = ElementType.ofTorchStorage(name.name());
      if (type.isPresent()) {
        return type.get();
      }
    }
    throw file.corrupt("storages of type %s are not supported", name.qualified());
  }

  /** {@code (storage, offset, shape, strides, ...)}; the third version has a dtype as item 6. */
  PickleValue rebuild(List<PickleValue> arguments) {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof PickleValue.Storage storage)
        || !(arguments.get(1) instanceof PickleValue.Int offset)
        || !(arguments.get(2) instanceof Sequence shape)
        || !(arguments.get(3) instanceof Sequence strides)) {
      throw file.corrupt("its pickle describes a tensor in an unknown way");
    }
    ElementType type = storage.type();
    if (arguments.size() > 6 && arguments.get(6) instanceof Name dtype) {
      type =
          ElementType.ofTorchType(dtype.name())
              .orElseThrow(
                  () -> file.corrupt("tensors of type %s are not supported", dtype.qualified()));
    }
    return new PickleValue.Tensor(
        StoredTensor.checked(
            file,
            "",
            type,
            regions.get(storage.key()),
            integer(offset, "a tensor offset"),
            lengths(shape),
            lengths(strides)));
  }

  private long[] lengths(Sequence values) {
    if (values.items().size() > TensorLayout.MAX_RANK) {
      throw file.corrupt(
          "a tensor has %d dimensions; the limit is %d",
          values.items().size(), TensorLayout.MAX_RANK);
    }
    return values.items().stream().mapToLong(value -> integer(value, "a dimension")).toArray();
  }

  private long integer(PickleValue value, String what) {
    if (value instanceof PickleValue.Int number) {
      BigInteger big = number.value();
      if (big.bitLength() < Long.SIZE) {
        return big.longValue();
      }
    }
    throw file.corrupt("%s is not a 64 bit integer", what);
  }
}
