package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.PatchDiscriminator;
import io.stablesr.network.PerceptualTrunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The networks that judge pictures in training and are not part of a restorer.
 *
 * @param discriminator learns to tell made pictures from real ones
 * @param trunkInput how the weights of the perceptual trunk want a picture
 * @param heads how much each channel of the trunk's activations counts, {@code [1,C,1,1]} or one
 *     value for all of them
 */
record Critics(PatchDiscriminator discriminator, TrunkInput trunkInput, List<FloatTensor> heads) {
  /** Side that the discriminator is recorded at; it takes others too. */
  static final int RECORDED_PIXELS = 256;

  /** Heads that let every channel count the same. */
  static final List<FloatTensor> EVEN =
      Collections.nCopies(
          PerceptualTrunk.SQUEEZE.channels().size(), FloatTensor.of(new float[] {1}, 1));

  /** The published discriminator. */
  static final Critics PUBLISHED = new Critics(PatchDiscriminator.OFFICIAL, TrunkInput.LPIPS, EVEN);

  /** Checks the number of heads. */
  Critics {
    heads = List.copyOf(heads);
    if (heads.size() != EVEN.size()) {
      throw new IllegalArgumentException("%d heads for 7 activations".formatted(heads.size()));
    }
  }

  /**
   * The learned heads of LPIPS (Zhang et al. 2018) under the names of its files.
   *
   * @throws StableSrException CHECKPOINT_KEYS where one is missing or has another size
   */
  static List<FloatTensor> learnedHeads(Map<String, FloatTensor> values) {
    List<Integer> channels = PerceptualTrunk.SQUEEZE.channels();
    List<FloatTensor> heads = new ArrayList<>();
    for (int layer = 0; layer < channels.size(); layer++) {
      String key = "lin%d.model.1.weight".formatted(layer);
      FloatTensor head = values.get(key);
      if (head == null || head.size() != channels.get(layer)) {
        throw new StableSrException(
            ErrorCode.CHECKPOINT_KEYS,
            "The files of init have no tensor '%s' of %d values; perceptual-heads = lpips needs LPIPS's weights for SqueezeNet."
                .formatted(key, channels.get(layer)));
      }
      heads.add(head.reshape(1, channels.get(layer), 1, 1));
    }
    return heads;
  }
}
