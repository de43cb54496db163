package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.metric.Lpips;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.PerceptualTrunk;
import java.nio.file.Path;
import java.util.Map;

/** LPIPS of crops: activations of the result's crop, addends of the layers, their sum. */
record LpipsReplayer(PerceptualTrunk trunk) implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    try (SyntheticFile synthetic = weights()) {
      Weights weights = synthetic.weights();
      for (String part : scores.figures().keySet()) {
        replay(scores, part, replay, weights);
      }
    }
  }

  private void replay(RecordedScores scores, String part, Replay replay, Weights weights) {
    JsonObject expected = scores.part(part);
    String image = expected.get("image").getAsString();
    FloatTensor picture = scores.crop("sr_" + image, expected);
    FloatTensor truth = scores.crop("hr_" + image, expected);
    Map<String, FloatTensor> activations =
        replay
            .networks()
            .runOnce(trunk.graph(), weights, Map.of("x", TrunkInput.LPIPS.of(picture)));
    for (int layer = 0; layer < trunk.channels().size(); layer++) {
      scores.checkSampled(
          "%s.sr_feat%d_sub".formatted(part, layer), activations.get(Integer.toString(layer)));
    }
    try (Lpips lpips =
        new Lpips(replay.networks().engine(), trunk, weights, weights, TrunkInput.LPIPS)) {
      JsonArray layers = expected.getAsJsonArray("per_layer");
      double[] recorded = new double[layers.size()];
      for (int layer = 0; layer < recorded.length; layer++) {
        recorded[layer] = layers.get(layer).getAsDouble();
      }
      double[] ours = lpips.layers(picture, truth);
      replay.check(part + " per_layer", ours, recorded, RecordedScores.NETWORK);
      scores.check(
          part + " lpips", lpips.score(picture, truth), expected, "lpips", RecordedScores.NETWORK);
    }
  }

  private SyntheticFile weights() {
    return SyntheticFile.of(
        writer -> {
          SyntheticFile.add(writer, trunk.graph(), SyntheticRules.LPIPS);
          for (int layer = 0; layer < trunk.channels().size(); layer++) {
            SyntheticFile.add(
                writer,
                "lin%d.model.1.weight".formatted(layer),
                SyntheticRules.LPIPS,
                1,
                trunk.channels().get(layer),
                1,
                1);
          }
        });
  }
}
