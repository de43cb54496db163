package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatentCodesTest {
  /** Every entry is compared at every place. */
  static FloatTensor nearest(FloatTensor latent, FloatTensor table) {
    int channels = table.dim(1);
    int places = latent.dim(2) * latent.dim(3);
    FloatTensor result = FloatTensor.zeros(latent.shape());
    for (int place = 0; place < places; place++) {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int code = 0; code < table.dim(0); code++) {
        double distance = 0;
        for (int c = 0; c < channels; c++) {
          double difference =
              table.data()[code * channels + c] - (double) latent.data()[c * places + place];
          distance += difference * difference;
        }
        if (distance < least) {
          least = distance;
          best = code;
        }
      }
      for (int c = 0; c < channels; c++) {
        result.data()[c * places + place] = table.data()[best * channels + c];
      }
    }
    return result;
  }

  private static FloatTensor random(Random random, double step, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      double value = random.nextGaussian();
      tensor.data()[i] = (float) (step == 0 ? value : step * Math.rint(value / step));
    }
    return tensor;
  }

  @Test
  void findsTheNearestEntryAndTheFirstOfEquals() {
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      // Coarse values make many entries equal in the first value, equally near, or the same.
      double step = round % 2 == 0 ? 0 : 0.5;
      FloatTensor table = random(random, step, 1 + random.nextInt(300), 3);
      FloatTensor latent = random(random, step, 1, 3, 9, 7);
      assertThat(new LatentCodes(table).quantized(latent).data())
          .isEqualTo(nearest(latent, table).data());
    }
  }

  @Test
  void aCodebookWithoutNumbersIsAnError() {
    FloatTensor table = FloatTensor.zeros(4, 3);
    Arrays.fill(table.data(), Float.NaN);
    assertThatThrownBy(() -> new LatentCodes(table).quantized(FloatTensor.zeros(1, 3, 1, 1)))
        .hasMessage("No entry of the codebook is a number; check the weights.");
  }
}
