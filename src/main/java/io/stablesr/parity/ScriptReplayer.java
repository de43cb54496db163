package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Precision;
import io.stablesr.parity.PublishedGeometry.Prepared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * 15: a published script from the 8-bit input to the 8-bit result, with its recorded noise. Every
 * intermediate is computed from ours before it, never from a recorded one.
 */
final class ScriptReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    Golden golden = replay.golden();
    ScriptArguments arguments =
        new ScriptArguments(
            golden.metadata("script").orElse(""), golden.metadata("args").orElse(""));
    List<Prepared> pictures = new ArrayList<>();
    for (String name : numbered(golden, "lr_u8")) {
      FloatTensor picture = Pictures.fromBytes(replay.input(name));
      pictures.add(arguments.geometry().prepare(picture, arguments));
    }
    List<String> results =
        golden.matching("out_u8/(.+)").stream()
            .map(Matcher::group)
            .filter(name -> !name.endsWith("_lq.png"))
            .toList();
    ScriptChain chain = new ScriptChain(replay, arguments);
    List<FloatTensor> restored = new ArrayList<>();
    if (arguments.geometry() == PublishedGeometry.SQUARE) {
      for (int from = 0; from < pictures.size(); from += arguments.samples()) {
        int to = Math.min(from + arguments.samples(), pictures.size());
        restored.addAll(chain.batch(pictures.subList(from, to)));
      }
    } else {
      pictures.forEach(picture -> restored.add(chain.canvas(picture)));
    }
    for (int i = 0; i < restored.size() && i < results.size(); i++) {
      FloatTensor whole = Pictures.unsigned(restored.get(i));
      FloatTensor bytes = Pictures.toBytes(pictures.get(i).restoration().apply(whole));
      checkPicture(replay, results.get(i), bytes);
      checkInput(replay, results.get(i).replace(".png", "_lq.png"), pictures.get(i));
    }
    if (restored.size() != results.size()) {
      replay.fail("out_u8", Tolerance.PICTURE, "not one result for each input");
    }
  }

  /** The enlarged input, which one script writes beside its result. */
  private static void checkInput(Replay replay, String name, Prepared picture) {
    if (!replay.golden().has(name)) {
      return;
    }
    boolean canvas = replay.golden().shape(name)[0] == picture.model().dim(1);
    FloatTensor shown = canvas ? picture.model() : picture.style();
    replay.check(name, Pictures.toBytes(Pictures.unsigned(shown)), Tolerance.PICTURE);
  }

  private static void checkPicture(Replay replay, String name, FloatTensor bytes) {
    if (replay.networks().precision() == Precision.FP32) {
      replay.check(name, bytes, Tolerance.PICTURE);
    } else {
      replay.omit(name, "bytes are compared in fp32 only");
    }
  }

  /** Names {@code <prefix>/<number>} in the order of the numbers. */
  static List<String> numbered(Golden golden, String prefix) {
    return golden.matching("\\Q" + prefix + "\\E/(\\d+)").stream()
        .sorted(java.util.Comparator.comparingInt(name -> Integer.parseInt(name.group(1))))
        .map(Matcher::group)
        .toList();
  }
}
