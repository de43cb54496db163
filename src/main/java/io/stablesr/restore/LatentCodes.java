package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A codebook, with the search for the entry that is nearest to a latent (van den Oord et al. 2017).
 * Entries are sorted by their first value: those that differ too much in it alone are not looked
 * at.
 */
final class LatentCodes {
  private final int channels;
  private final int[] order;
  private final float[] sorted;

  /**
   * A codebook.
   *
   * @param table {@code [codes,C]}
   */
  LatentCodes(FloatTensor table) {
    int codes = table.dim(0);
    this.channels = table.dim(1);
    float[] values = table.data();
    this.order =
        IntStream.range(0, codes)
            .boxed()
            .sorted(Comparator.comparing(code -> values[code * channels]))
            .mapToInt(Integer::intValue)
            .toArray();
    this.sorted = new float[codes * channels];
    for (int i = 0; i < codes; i++) {
      System.arraycopy(values, order[i] * channels, sorted, i * channels, channels);
    }
  }

  /** The latent {@code [1,C,h,w]} with the nearest entry at every place. */
  FloatTensor quantized(FloatTensor latent) {
    int places = latent.dim(2) * latent.dim(3);
    if (latent.dim(1) != channels) {
      throw new IllegalArgumentException(latent + " with codes of " + channels + " values");
    }
    FloatTensor quantized = FloatTensor.zeros(latent.shape());
    float[] at = new float[channels];
    for (int place = 0; place < places; place++) {
      for (int c = 0; c < channels; c++) {
        at[c] = latent.data()[c * places + place];
      }
      int nearest = nearest(at);
      for (int c = 0; c < channels; c++) {
        quantized.data()[c * places + place] = sorted[nearest * channels + c];
      }
    }
    return quantized;
  }

  /**
   * Position among the sorted entries; of entries equally near the one that is first in the table.
   */
  private int nearest(float[] at) {
    int up = firstNotBelow(at[0]);
    int down = up - 1;
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    while (true) {
      boolean canUp = up < order.length && gap(up, at) <= least;
      boolean canDown = down >= 0 && gap(down, at) <= least;
      if (!canUp && !canDown) {
        return requireFound(best);
      }
      int candidate = canUp && (!canDown || gap(up, at) <= gap(down, at)) ? up++ : down--;
      double distance = distance(candidate, at);
      if (distance < least || (distance == least && order[candidate] < order[best])) {
        least = distance;
        best = candidate;
      }
    }
  }

  private static int requireFound(int best) {
    if (best < 0) {
      throw new StableSrException(
          ErrorCode.NOT_FINITE, "No entry of the codebook is a number; check the weights.");
    }
    return best;
  }

  private double gap(int entry, float[] at) {
    double difference = sorted[entry * channels] - (double) at[0];
    return difference * difference;
  }

  private double distance(int entry, float[] at) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      double difference = sorted[entry * channels + c] - (double) at[c];
      sum += difference * difference;
    }
    return sum;
  }

  private int firstNotBelow(float value) {
    int from = 0;
    int to = order.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle * channels] < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
