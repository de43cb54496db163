package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * 04: {@code <case>/{x,z,context}} to {@code <case>/t<timestep>/out}, or with {@code <case>/t} to
 * {@code <case>/out}.
 */
final class DenoiserReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher name : replay.golden().matching("((.+)/t(\\d+))/out")) {
      FloatTensor timestep = Slices.scalar(Integer.parseInt(name.group(3)));
      evaluate(replay, name.group(), name.group(2), timestep);
      if (!replay.golden().matching("\\Q" + name.group(1) + "\\E/struct_cond/\\d+").isEmpty()) {
        ConditionMaps.check(
            replay, name.group(1) + "/struct_cond", replay.input(name.group(2) + "/z"), timestep);
      }
    }
    for (Matcher name : replay.golden().matching("(.+)/out")) {
      String timesteps = name.group(1) + "/t";
      if (replay.golden().has(timesteps)) {
        evaluate(replay, name.group(), name.group(1), replay.input(timesteps));
      }
    }
  }

  private static void evaluate(Replay replay, String name, String source, FloatTensor timesteps) {
    FloatTensor out =
        replay
            .networks()
            .run(
                Networks.Network.DENOISER,
                Map.of(
                    "x", replay.input(source + "/x"),
                    "z", replay.input(source + "/z"),
                    "t", timesteps,
                    "context", replay.input(source + "/context")))
            .get("out");
    replay.check(name, out, replay.tolerances().network());
  }
}
