package io.stablesr.restore.faces;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.network.CodeFormer;

/** The learned codes of {@link CodeFormer}: which ones a face has, and what they are. */
public final class Codebook {
  private static final int PLACES = CodeFormer.GRID * CodeFormer.GRID;
  private static final int CHANNELS = CodeFormer.CODE_CHANNELS;
  private static final double VARIANCE_FLOOR = 1e-5;

  private final float[] table;

  /** The codebook among CodeFormer's weights. */
  public Codebook(Weights weights) {
    this.table = weights.get(CodeFormer.CODEBOOK).toFloats().data();
  }

  /** The most likely code of each place: {@code logits [1,256,1024]} to 256 rows of the table. */
  public static int[] likeliest(FloatTensor logits) {
    int[] codes = new int[PLACES];
    for (int place = 0; place < PLACES; place++) {
      int row = place * CodeFormer.CODES;
      int best = 0;
      for (int code = 1; code < CodeFormer.CODES; code++) {
        if (logits.data()[row + code] > logits.data()[row + best]) {
          best = code;
        }
      }
      codes[place] = best;
    }
    return codes;
  }

  /**
   * The codes as a map {@code [1,256,16,16]} whose channels have the mean and the deviation
   * (unbiased variance + 1e-5) of those of {@code lq}, the encoder's map of the same shape.
   */
  public FloatTensor map(int[] codes, FloatTensor lq) {
    FloatTensor map = FloatTensor.zeros(lq.shape());
    for (int c = 0; c < CHANNELS; c++) {
      for (int place = 0; place < PLACES; place++) {
        map.data()[c * PLACES + place] = table[codes[place] * CHANNELS + c];
      }
      Moments from = Moments.of(map.data(), c * PLACES);
      Moments to = Moments.of(lq.data(), c * PLACES);
      for (int i = c * PLACES; i < (c + 1) * PLACES; i++) {
        double normalised = (map.data()[i] - from.mean()) / from.deviation();
        map.data()[i] = (float) (normalised * to.deviation() + to.mean());
      }
    }
    return map;
  }

  private record Moments(double mean, double deviation) {
    static Moments of(float[] values, int start) {
      double sum = 0;
      for (int i = start; i < start + PLACES; i++) {
        sum += values[i];
      }
      double mean = sum / PLACES;
      double squares = 0;
      for (int i = start; i < start + PLACES; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
      }
      return new Moments(mean, Math.sqrt(squares / (PLACES - 1) + VARIANCE_FLOOR));
    }
  }
}
