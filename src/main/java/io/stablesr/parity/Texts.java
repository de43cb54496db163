package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.network.text.ClipTokenizer;
import java.util.Map;

/** Prompts of the published scripts and contexts of prompts. */
final class Texts {
  /** With {@code --use_posi_prompt}. */
  static final String POSITIVE = "(masterpiece:2), (best quality:2), (realistic:2), (very clear:2)";

  /** With {@code --use_negative_prompt}. */
  static final String NEGATIVE = "3d, cartoon, anime, sketches, (worst quality:2), (low quality:2)";

  private Texts() {}

  /** The context {@code [1,L,C]} of a prompt. */
  static FloatTensor context(Networks networks, String prompt) {
    long[] ids = ClipTokenizer.load().encode(prompt);
    FloatTensor row = FloatTensor.zeros(1, ids.length);
    for (int i = 0; i < ids.length; i++) {
      row.data()[i] = ids[i];
    }
    return encode(networks, row);
  }

  /** The contexts {@code [N,L,C]} of token rows {@code [N,L]}. */
  static FloatTensor encode(Networks networks, FloatTensor tokens) {
    return networks.run(Networks.Network.TEXT_ENCODER, Map.of("tokens", tokens)).get("context");
  }
}
