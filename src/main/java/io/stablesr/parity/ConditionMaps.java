package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Structural conditions, recorded as {@code <prefix>/<width of the map>}. */
final class ConditionMaps {
  private ConditionMaps() {}

  /** Compares every recorded map under {@code prefix} with the evaluated one of its width. */
  static void check(Replay replay, String prefix, FloatTensor z, FloatTensor timesteps) {
    Map<String, FloatTensor> maps =
        replay.networks().run(Networks.Network.CONDITION_ENCODER, Map.of("z", z, "t", timesteps));
    for (Matcher name : replay.golden().matching(Pattern.quote(prefix) + "/(\\d+)")) {
      int width = Integer.parseInt(name.group(1));
      maps.values().stream()
          .filter(map -> map.dim(-1) == width)
          .findFirst()
          .ifPresentOrElse(
              map -> replay.check(name.group(), map, replay.tolerances().network()),
              () ->
                  replay.fail(
                      name.group(),
                      replay.tolerances().network(),
                      "the encoder has no map of this width"));
    }
  }
}
