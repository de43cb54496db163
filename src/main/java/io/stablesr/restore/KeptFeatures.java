package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The deep features of one image's tiles on the device, from one whole evaluation to the next.
 * Calls that other images' threads make put and read them too; one that ends after the image was
 * given up keeps nothing.
 */
final class KeptFeatures implements AutoCloseable {
  private final Supplier<TensorScope> scopes;
  private final Map<Integer, Entry> entries = new HashMap<>();
  private boolean closed;

  KeptFeatures(Supplier<TensorScope> scopes) {
    this.scopes = scopes;
  }

  /** A tile's features, one {@code [1,C,h,w]} for each guidance branch, in a scope of their own. */
  private record Entry(TensorScope scope, List<DeviceTensor> branches) {}

  /**
   * Keeps the features of a tile in place of earlier ones.
   *
   * @param all features {@code [B,C,h,w]} of a call; they share memory with what is kept
   * @param rows which of them belong to the tile, one for each guidance branch
   */
  synchronized void put(int tile, DeviceTensor all, List<Integer> rows) {
    if (closed) {
      return;
    }
    TensorScope scope = scopes.get();
    Entry entry = new Entry(scope, rows.stream().map(row -> scope.row(all, row)).toList());
    Entry before = entries.put(tile, entry);
    if (before != null) {
      before.scope().close();
    }
  }

  /** The features of a tile for each guidance branch, as tensors of {@code scope}. */
  synchronized List<DeviceTensor> lend(int tile, TensorScope scope) {
    Entry entry = entries.get(tile);
    if (entry == null) {
      throw new StableSrException(
          ErrorCode.INTERNAL, "Nothing was kept of tile %d; run the image again.".formatted(tile));
    }
    List<DeviceTensor> lent = new ArrayList<>();
    for (DeviceTensor branch : entry.branches()) {
      lent.add(scope.row(branch, 0));
    }
    return lent;
  }

  @Override
  public synchronized void close() {
    closed = true;
    entries.values().forEach(entry -> entry.scope().close());
    entries.clear();
  }
}
