package io.stablesr.parity;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;

/** 03: {@code <case>/z} to {@code <case>/t<timestep>/<width>}. */
final class ConditionEncoderReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    Set<String> done = new LinkedHashSet<>();
    for (Matcher name : replay.golden().matching("((.+)/t(\\d+))/\\d+")) {
      String source = name.group(2) + "/z";
      if (replay.golden().has(source) && done.add(name.group(1))) {
        ConditionMaps.check(
            replay,
            name.group(1),
            replay.input(source),
            Slices.scalar(Integer.parseInt(name.group(3))));
      }
    }
  }
}
