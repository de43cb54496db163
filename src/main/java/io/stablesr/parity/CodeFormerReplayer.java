package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.image.Borders;
import io.stablesr.network.CodeFormer;
import io.stablesr.network.CodeFormer.Fusion;
import io.stablesr.restore.faces.Codebook;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;

/**
 * CodeFormer on the one recorded face: blocks of the encoder, layers of the transformer, codes, and
 * for each recorded weight w the blocks of the generator and parts of the picture.
 */
final class CodeFormerReplayer implements Replayer {
  private static final String FACE = "face_public";
  private static final Tolerance TOLERANCE = RecordedScores.NETWORK;

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores recorded = new RecordedScores(file, replay);
    try (SyntheticFile weights =
        SyntheticFile.ofKeys(
            replay.networks().recordedFolder(), "codeformer", SyntheticRules.PLAIN)) {
      FloatTensor picture = Slices.single(Pictures.signed(recorded.picture(FACE)));
      List<String> taps = taps(replay, "((?:enc|ft)\\d+)_sub");
      Map<String, FloatTensor> encoded =
          replay
              .networks()
              .runOnceExactly(
                  CodeFormer.encoder().withTaps(taps),
                  weights.weights(),
                  Map.of("picture", picture));
      taps.forEach(tap -> recorded.checkSampled(tap + "_sub", encoded.get(tap)));
      FloatTensor lq = encoded.get("lq_feat");
      replay.check("lq_feat", lq, TOLERANCE);
      FloatTensor logits = encoded.get("logits");
      int[] codes = Codebook.likeliest(logits);
      codes(replay, logits, codes);
      FloatTensor map = new Codebook(weights.weights()).map(codes, lq);
      recorded.checkSampled("quant_feat_adain_sub", map);
      for (Matcher name : replay.golden().matching("(w([\\d.]+))\\.output_sub")) {
        double weight = Double.parseDouble(name.group(2));
        Map<String, FloatTensor> arguments = new HashMap<>(encoded);
        arguments.put("codes", map);
        arguments.put("w", Slices.scalar(weight));
        generate(replay, recorded, weights, name.group(1), weight, arguments);
      }
    }
  }

  private static void codes(Replay replay, FloatTensor logits, int[] codes) {
    replay.check("top_idx", codes);
    int width = CodeFormer.CODES;
    FloatTensor top = FloatTensor.zeros(codes.length, 2);
    for (int place = 0; place < codes.length; place++) {
      float second = Float.NEGATIVE_INFINITY;
      for (int code = 0; code < width; code++) {
        if (code != codes[place]) {
          second = Math.max(second, logits.data()[place * width + code]);
        }
      }
      top.data()[2 * place] = logits.data()[place * width + codes[place]];
      top.data()[2 * place + 1] = second;
    }
    replay.check("top_logits", top, TOLERANCE);
    replay.check("logits_row0_3", Slices.entries(Slices.entry(logits, 0), 0, 4), TOLERANCE);
  }

  private static void generate(
      Replay replay,
      RecordedScores recorded,
      SyntheticFile weights,
      String run,
      double weight,
      Map<String, FloatTensor> arguments) {
    Graph graph = CodeFormer.generator(weight > 0 ? Fusion.FEATURES : Fusion.NONE);
    List<String> taps = taps(replay, run.replace(".", "\\.") + "\\.((?:gen|fuse)\\d+)_sub");
    Map<String, FloatTensor> made =
        replay.networks().runOnceExactly(graph.withTaps(taps), weights.weights(), arguments);
    taps.forEach(tap -> recorded.checkSampled(run + "." + tap + "_sub", made.get(tap)));
    FloatTensor picture = made.get("picture");
    recorded.checkSampled(run + ".output_sub", picture);
    String crops = run.replace(".", "\\.") + "\\.output_crop_y(\\d+)_x(\\d+)_(\\d+)";
    for (Matcher crop : replay.golden().matching(crops)) {
      int side = Integer.parseInt(crop.group(3));
      FloatTensor part =
          Borders.crop(
              Slices.entry(picture, 0),
              Integer.parseInt(crop.group(1)),
              Integer.parseInt(crop.group(2)),
              side,
              side);
      replay.check(crop.group(), part, TOLERANCE);
    }
  }

  private static List<String> taps(Replay replay, String regex) {
    return replay.golden().matching(regex).stream()
        .map(Matcher::toMatchResult)
        .map((MatchResult name) -> name.group(1))
        .toList();
  }
}
