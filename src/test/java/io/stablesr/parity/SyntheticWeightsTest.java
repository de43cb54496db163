package io.stablesr.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.stablesr.SharedFolder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyntheticWeightsTest {
  @Test
  void theRecordedVectorsAreReproduced() {
    ConfigObject vectors =
        ConfigFactory.parseFile(SharedFolder.path("goldens2/test_vectors.json").toFile()).root();
    assertThat(vectors).hasSize(5);
    vectors.forEach((key, vector) -> checkVector(key, (Map<?, ?>) vector.unwrapped()));
  }

  private static void checkVector(String key, Map<?, ?> vector) {
    long[] shape =
        ((List<?>) vector.get("shape")).stream().mapToLong(d -> ((Number) d).longValue()).toArray();

    float[] values = SyntheticWeights.values(key, shape, SyntheticRules.PLAIN);

    assertThat(values).hasSize((int) SyntheticWeights.size(shape));
    assertThat("0x%016x".formatted(SyntheticWeights.seed(key))).isEqualTo(vector.get("seed"));
    List<?> bits = (List<?>) vector.get("bits");
    for (int i = 0; i < bits.size(); i++) {
      assertThat("0x%08x".formatted(Float.floatToRawIntBits(values[i])))
          .as("%s[%d]", key, i)
          .isEqualTo(bits.get(i));
    }
    assertThat((double) values[values.length - 1])
        .isEqualTo(Double.parseDouble((String) vector.get("last")));
    if (vector.get("sum_f64") instanceof String sum) {
      double total = 0;
      for (float value : values) {
        total += value;
      }
      // The recorded sum may have been added in another order.
      assertThat(total).isCloseTo(Double.parseDouble(sum), offset(1e-10));
    }
  }

  @Test
  void aConvolutionIsDrawnFromItsKey() {
    float[] values =
        SyntheticWeights.values(
            "conv_first.weight", new long[] {64, 3, 3, 3}, SyntheticRules.PLAIN);

    assertThat(Float.floatToRawIntBits(values[0])).isEqualTo(0x3d5c6635);
    assertThat(Float.floatToRawIntBits(values[7])).isEqualTo(0x3e3ccd7b);
    assertThat(values[values.length - 1]).isEqualTo(-0.112123094f);
  }

  @Test
  void aPartOfATensorEqualsThatPartOfTheWhole() {
    long[] shape = {700, 1000};
    float[] whole = SyntheticWeights.values("a.weight", shape, SyntheticRules.PLAIN);
    float[] part = new float[300_000];

    SyntheticWeights.fill("a.weight", shape, SyntheticRules.PLAIN, 270_001, part, part.length);

    assertThat(part).isEqualTo(Arrays.copyOfRange(whole, 270_001, 570_001));
  }

  @Test
  void theExceptionsOfNetworksApply() {
    assertThat(values("lin0.model.1.weight", SyntheticRules.LPIPS, 1, 64, 1, 1))
        .satisfies(all -> assertThat(minimum(all)).isNotNegative());
    assertThat(minimum(values("alpha", SyntheticRules.DISTS, 1, 1475, 1, 1)))
        .isBetween(0.05f, 0.051f);
    assertThat(values("logit_scale", SyntheticRules.CLIP_IQA)).containsExactly(4.6051702f);
    assertThat(minimum(values("body.1.weight", SyntheticRules.SRVGG, 640))).isBetween(0.15f, 0.16f);
    assertThat(minimum(values("body.1.weight", SyntheticRules.PLAIN, 640))).isBetween(0.9f, 0.91f);
    assertThat(values("body.0.weight", SyntheticRules.SRVGG_WDN, 64, 3, 3, 3))
        .isNotEqualTo(values("body.0.weight", SyntheticRules.SRVGG, 64, 3, 3, 3));
    float plain = values("c.weight", SyntheticRules.PLAIN, 8, 8, 3, 3)[0];
    assertThat(values("c.weight", SyntheticRules.FID, 8, 8, 3, 3)[0] / plain)
        .isCloseTo((float) Math.sqrt(3), offset(1e-6f));
  }

  private static float[] values(String key, SyntheticRules rules, long... shape) {
    return SyntheticWeights.values(key, shape, rules);
  }

  private static float minimum(float[] values) {
    float least = Float.POSITIVE_INFINITY;
    for (float value : values) {
      least = Math.min(least, value);
    }
    return least;
  }
}
