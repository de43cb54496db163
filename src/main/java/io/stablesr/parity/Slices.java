package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Cutting and joining along the first dimension. */
final class Slices {
  private Slices() {}

  /** Entry {@code index} without the first dimension. */
  static FloatTensor entry(FloatTensor batch, int index) {
    int[] rest = Arrays.copyOfRange(batch.shape(), 1, batch.rank());
    int size = batch.size() / batch.dim(0);
    float[] values = Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size);
    return FloatTensor.of(values, rest);
  }

  /** Entries {@code from} up to {@code to}, exclusive. */
  static FloatTensor entries(FloatTensor batch, int from, int to) {
    int[] shape = batch.shape();
    int size = batch.size() / shape[0];
    shape[0] = to - from;
    return FloatTensor.of(Arrays.copyOfRange(batch.data(), from * size, to * size), shape);
  }

  /** All entries, each without the first dimension. */
  static List<FloatTensor> split(FloatTensor batch) {
    return IntStream.range(0, batch.dim(0)).mapToObj(i -> entry(batch, i)).toList();
  }

  /** Batches one after the other. */
  static FloatTensor concat(List<FloatTensor> batches) {
    int[] shape = batches.get(0).shape();
    shape[0] = batches.stream().mapToInt(batch -> batch.dim(0)).sum();
    FloatTensor all = FloatTensor.zeros(shape);
    int at = 0;
    for (FloatTensor batch : batches) {
      System.arraycopy(batch.data(), 0, all.data(), at, batch.size());
      at += batch.size();
    }
    return all;
  }

  /** Pictures or latents {@code [C,H,W]} as a batch. */
  static FloatTensor stack(List<FloatTensor> entries) {
    return concat(entries.stream().map(Slices::single).toList());
  }

  /** A batch of one. */
  static FloatTensor single(FloatTensor entry) {
    int[] shape = new int[entry.rank() + 1];
    shape[0] = 1;
    System.arraycopy(entry.shape(), 0, shape, 1, entry.rank());
    return entry.reshape(shape);
  }

  /** A tensor of one value. */
  static FloatTensor scalar(double value) {
    return FloatTensor.of(new float[] {(float) value}, 1);
  }
}
