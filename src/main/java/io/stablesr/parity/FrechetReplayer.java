package io.stablesr.parity;

import com.google.gson.JsonObject;
import io.stablesr.core.FloatTensor;
import io.stablesr.metric.FrechetDistance;
import io.stablesr.metric.FrechetFeatures;
import java.nio.file.Path;
import java.util.regex.Matcher;

/** FID: resized pictures, features of two sets of pictures, distances of recorded features. */
final class FrechetReplayer implements Replayer {
  /** In 0..255. */
  private static final Tolerance RESIZED = Tolerance.absolute(1e-4);

  private static final Tolerance DISTANCE = Tolerance.absolute(1e-9);

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    for (Matcher name : replay.golden().matching("(frechet\\.[a-z_]+)\\.x")) {
      String set = name.group(1);
      double distance = FrechetDistance.of(replay.input(set + ".x"), replay.input(set + ".y"));
      scores.check(set, distance, scores.part(set), "exact_nuclear", DISTANCE);
    }
    for (Matcher name : replay.golden().matching("([hs]r)\\.(\\w+)\\.clean299_stride(\\d+)")) {
      FloatTensor resized =
          FrechetFeatures.resized(scores.picture(name.group(1) + "_" + name.group(2)));
      resized(replay, name.group(), resized, Integer.parseInt(name.group(3)));
    }
    try (SyntheticFile weights =
            SyntheticFile.ofKeys(
                replay.networks().recordedFolder(), "inception", SyntheticRules.FID);
        FrechetFeatures network =
            new FrechetFeatures(replay.networks().engine(), weights.weights())) {
      FloatTensor truths = features(scores, network, "hr_");
      FloatTensor results = features(scores, network, "sr_");
      replay.check("hr.features", truths, RecordedScores.NETWORK);
      replay.check("sr.features", results, RecordedScores.NETWORK);
      scores.check(
          "fid_2048_n4_exact",
          FrechetDistance.of(truths, results),
          scores.figures(),
          "fid_2048_n4_exact",
          RecordedScores.NETWORK);
      odd(replay, scores, network);
    }
    scores.omitInner(".*block\\d_sub");
    replay
        .golden()
        .matching(".*legacy.*")
        .forEach(name -> replay.omit(name.group(), "pictures are resized the clean way only"));
  }

  private static void odd(Replay replay, RecordedScores scores, FrechetFeatures network) {
    if (!replay.golden().has("odd.clean.feat")) {
      return;
    }
    JsonObject expected = scores.part("odd");
    FloatTensor picture = scores.crop(expected.get("image").getAsString(), expected);
    float[] features = network.of(picture);
    replay.check(
        "odd.clean.feat", FloatTensor.of(features, features.length), RecordedScores.NETWORK);
    for (Matcher name : replay.golden().matching("odd\\.clean\\.resized_stride(\\d+)")) {
      resized(
          replay, name.group(), FrechetFeatures.resized(picture), Integer.parseInt(name.group(1)));
    }
  }

  private static void resized(Replay replay, String name, FloatTensor picture, int stride) {
    int[] shape = replay.golden().shape(name);
    FloatTensor kept = FloatTensor.zeros(shape);
    for (int i = 0; i < kept.size(); i++) {
      int c = i / (shape[1] * shape[2]);
      int y = i / shape[2] % shape[1] * stride;
      int x = i % shape[2] * stride;
      kept.data()[i] = picture.data()[(c * picture.dim(1) + y) * picture.dim(2) + x];
    }
    replay.check(name, kept, RESIZED);
  }

  private static FloatTensor features(
      RecordedScores scores, FrechetFeatures network, String prefix) {
    return Slices.stack(
        scores.names().stream()
            .map(name -> network.of(scores.picture(prefix + name)))
            .map(row -> FloatTensor.of(row, row.length))
            .toList());
  }
}
