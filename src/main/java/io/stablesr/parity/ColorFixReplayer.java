package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.ColorCorrection;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * 12: {@code <case>/{content,style}} to the colour corrections and wavelet bands
 * (docs/mathematics.md 5.4).
 */
final class ColorFixReplayer implements Replayer {
  private static final int LEVELS = ColorCorrection.WAVELET_LEVELS;

  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher name : replay.golden().matching("(.+)/content")) {
      String source = name.group(1);
      FloatTensor content = replay.input(name.group());
      FloatTensor style = replay.input(source + "/style");
      check(replay, source + "/adain", content, style, ColorCorrection::adain);
      check(
          replay,
          source + "/wavelet",
          content,
          style,
          (c, s) -> ColorCorrection.wavelet(c, s, LEVELS));
      // On a black style only the high band of the content is left, and the other way round.
      check(
          replay,
          source + "/content_high",
          content,
          style,
          (c, s) -> ColorCorrection.wavelet(c, FloatTensor.zeros(c.shape()), LEVELS));
      check(
          replay,
          source + "/content_low",
          content,
          style,
          (c, s) -> ColorCorrection.wavelet(FloatTensor.zeros(c.shape()), c, LEVELS));
    }
  }

  private static void check(
      Replay replay,
      String name,
      FloatTensor content,
      FloatTensor style,
      BinaryOperator<FloatTensor> correction) {
    if (!replay.golden().has(name)) {
      return;
    }
    List<FloatTensor> pictures =
        IntStream.range(0, content.dim(0))
            .mapToObj(i -> correction.apply(Slices.entry(content, i), Slices.entry(style, i)))
            .toList();
    replay.check(name, Slices.stack(pictures), replay.tolerances().arithmetic());
  }
}
