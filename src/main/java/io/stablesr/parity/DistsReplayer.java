package io.stablesr.parity;

import com.google.gson.JsonObject;
import io.stablesr.core.FloatTensor;
import io.stablesr.metric.Dists;
import io.stablesr.network.SimilarityTrunk;
import java.nio.file.Path;
import java.util.List;

/** DISTS of crops: the five stages of the result's crop, the score, that of equal pictures. */
final class DistsReplayer implements Replayer {
  /** Of equal pictures: sums in another order. */
  private static final Tolerance ZERO = Tolerance.absolute(1e-6);

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    long channels = SimilarityTrunk.CHANNELS.stream().mapToLong(Integer::longValue).sum();
    try (SyntheticFile weights =
            SyntheticFile.of(
                writer -> {
                  SyntheticFile.add(writer, SimilarityTrunk.graph(), SyntheticRules.DISTS);
                  SyntheticFile.add(writer, "alpha", SyntheticRules.DISTS, 1, channels, 1, 1);
                  SyntheticFile.add(writer, "beta", SyntheticRules.DISTS, 1, channels, 1, 1);
                });
        Dists dists = new Dists(replay.networks().engine(), weights.weights(), weights.weights())) {
      for (String part : scores.figures().keySet()) {
        JsonObject expected = scores.part(part);
        String image = expected.get("image").getAsString();
        FloatTensor picture = scores.crop("sr_" + image, expected);
        FloatTensor truth = scores.crop("hr_" + image, expected);
        List<FloatTensor> stages = dists.stages(picture);
        for (int stage = 1; stage < stages.size(); stage++) {
          scores.checkSampled("%s.sr_feat%d_sub".formatted(part, stage), stages.get(stage));
        }
        scores.check(
            part + " dists",
            dists.score(picture, truth),
            expected,
            "dists",
            RecordedScores.NETWORK);
        if (expected.has("same")) {
          scores.check(part + " same", dists.score(truth, truth), expected, "same", ZERO);
        }
      }
    }
  }
}
