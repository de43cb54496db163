package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.List;

/** What the keys {@code <scope>.input_blocks.*} of the UNet or the time-aware encoder say. */
record DownPath(
    int latentChannels,
    int channels,
    List<Integer> multipliers,
    int residualBlocks,
    List<Integer> attentionFactors) {

  static DownPath of(KeyShapes keys, String scope) {
    String blocks = scope + ".input_blocks.";
    String entry = blocks + "0.0.weight";
    int channels = keys.length(entry, 0);
    List<Integer> multipliers = new ArrayList<>();
    List<Integer> factors = new ArrayList<>();
    List<Integer> blocksPerLevel = new ArrayList<>(List.of(0));
    int count = keys.count(blocks);
    for (int index = 1; index < count; index++) {
      String block = blocks + index + ".";
      int level = blocksPerLevel.size() - 1;
      if (keys.any(block + "0.op.")) {
        blocksPerLevel.add(0);
        continue;
      }
      if (blocksPerLevel.get(level) == 0) {
        multipliers.add(keys.multiple(block + "0.in_layers.2.weight", 0, channels));
      }
      blocksPerLevel.set(level, blocksPerLevel.get(level) + 1);
      if (keys.any(block + "1.") && !factors.contains(1 << level)) {
        factors.add(1 << level);
      }
    }
    if (blocksPerLevel.contains(0) || blocksPerLevel.stream().distinct().count() > 1) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: the levels of %s have %s residual blocks; every level needs the same number, 1 or more."
              .formatted(scope, blocksPerLevel));
    }
    return new DownPath(
        keys.length(entry, 1), channels, multipliers, blocksPerLevel.get(0), factors);
  }
}
