package io.stablesr.parity;

import com.google.gson.JsonObject;
import io.stablesr.core.FloatTensor;
import io.stablesr.metric.ClipIqa;
import io.stablesr.metric.ClipTexts;
import io.stablesr.network.text.ClipTokenizer;
import java.nio.file.Path;
import java.util.List;

/** CLIP-IQA: tokens and features of the texts; features, logits and score of pictures. */
final class ClipIqaReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    tokens(replay);
    try (SyntheticFile weights =
            SyntheticFile.ofKeys(
                replay.networks().recordedFolder(), "clip_rn50", SyntheticRules.CLIP_IQA);
        ClipIqa metric =
            new ClipIqa(replay.networks().engine(), weights.weights(), ClipIqa.FIVE_PAIRS)) {
      if (replay.golden().has("text.features")) {
        List<float[]> texts =
            ClipTexts.features(replay.networks().engine(), weights.weights(), ClipIqa.FIVE_PAIRS);
        replay.check("text.features", matrix(texts), RecordedScores.NETWORK);
      }
      for (String part : scores.figures().keySet()) {
        if (scores.figures().get(part).isJsonObject() && scores.part(part).has("score")) {
          pictures(replay, scores, part, metric);
        }
      }
    }
    scores.omitInner(".*_sub");
  }

  private static void pictures(Replay replay, RecordedScores scores, String part, ClipIqa metric) {
    JsonObject expected = scores.part(part);
    FloatTensor picture = scores.crop(expected.get("image").getAsString(), expected);
    float[] features = metric.features(picture);
    replay.check(
        part + ".image_features",
        FloatTensor.of(features, 1, features.length),
        RecordedScores.NETWORK);
    double[] logits = metric.logits(features);
    replay.check(part + ".logits", logits, RecordedScores.NETWORK);
    double[] pairs = new double[logits.length];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = 1 / (1 + Math.exp(logits[i ^ 1] - logits[i]));
    }
    replay.check(part + ".pair_probs", pairs, RecordedScores.NETWORK);
    scores.check(part + " score", metric.score(picture), expected, "score", RecordedScores.NETWORK);
  }

  /** Recorded texts are filled up with zeros. */
  private static void tokens(Replay replay) {
    if (!replay.golden().has("text.token_ids")) {
      return;
    }
    ClipTokenizer tokenizer = ClipTokenizer.load();
    int[] ids = new int[ClipIqa.FIVE_PAIRS.size() * ClipTokenizer.CONTEXT_TOKENS];
    for (int text = 0; text < ClipIqa.FIVE_PAIRS.size(); text++) {
      long[] encoded = tokenizer.encode(ClipIqa.FIVE_PAIRS.get(text));
      boolean ended = false;
      for (int i = 0; i < encoded.length; i++) {
        ids[text * encoded.length + i] = ended ? 0 : (int) encoded[i];
        ended |= encoded[i] == ClipTokenizer.END_ID;
      }
    }
    replay.check("text.token_ids", ids);
  }

  private static FloatTensor matrix(List<float[]> rows) {
    return Slices.stack(rows.stream().map(row -> FloatTensor.of(row, row.length)).toList());
  }
}
