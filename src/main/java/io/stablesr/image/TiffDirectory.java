package io.stablesr.image;

import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The fields of a TIFF directory by tag, and the directories below it by the tag that points. */
final class TiffDirectory {
  private final TreeMap<Integer, TiffField> fields = new TreeMap<>();
  private final TreeMap<Integer, TiffDirectory> children = new TreeMap<>();

  void put(TiffField field) {
    fields.put(field.tag(), field);
  }

  void put(int pointerTag, TiffDirectory child) {
    children.put(pointerTag, child);
  }

  Optional<TiffField> field(int tag) {
    return Optional.ofNullable(fields.get(tag));
  }

  Optional<TiffDirectory> child(int pointerTag) {
    return Optional.ofNullable(children.get(pointerTag));
  }

  Collection<TiffField> fields() {
    return fields.values();
  }

  SortedMap<Integer, TiffDirectory> children() {
    return children;
  }

  void removeIf(Predicate<TiffField> condition) {
    fields.values().removeIf(condition);
  }

  boolean isEmpty() {
    return fields.isEmpty() && children.isEmpty();
  }

  /** A deep copy with values in another byte order. */
  TiffDirectory inOrder(ByteOrder from, ByteOrder to) {
    TiffDirectory copy = new TiffDirectory();
    fields.values().forEach(field -> copy.put(field.inOrder(from, to)));
    children.forEach((tag, child) -> copy.put(tag, child.inOrder(from, to)));
    return copy;
  }
}
