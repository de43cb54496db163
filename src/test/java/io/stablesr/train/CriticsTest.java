package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.network.PerceptualTrunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CriticsTest {
  private static Map<String, FloatTensor> heads() {
    Map<String, FloatTensor> values = new HashMap<>();
    List<Integer> channels = PerceptualTrunk.SQUEEZE.channels();
    for (int layer = 0; layer < channels.size(); layer++) {
      float[] each = new float[channels.get(layer)];
      each[0] = layer;
      values.put(
          "lin%d.model.1.weight".formatted(layer), FloatTensor.of(each, 1, each.length, 1, 1));
    }
    return values;
  }

  @Test
  void learnedHeadsAreTakenInTheOrderOfTheActivations() {
    List<FloatTensor> heads = Critics.learnedHeads(heads());
    assertThat(heads).hasSize(7);
    for (int layer = 0; layer < heads.size(); layer++) {
      assertThat(heads.get(layer).data()[0]).isEqualTo(layer);
      assertThat(heads.get(layer).dim(1)).isEqualTo(PerceptualTrunk.SQUEEZE.channels().get(layer));
    }
  }

  @Test
  void aMissingOrForeignHeadIsNamed() {
    Map<String, FloatTensor> values = heads();
    values.put("lin3.model.1.weight", FloatTensor.of(new float[256], 1, 256, 1, 1));
    assertThatThrownBy(() -> Critics.learnedHeads(values))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessage(
            "The files of init have no tensor 'lin3.model.1.weight' of 384 values;"
                + " perceptual-heads = lpips needs LPIPS's weights for SqueezeNet.");
  }
}
