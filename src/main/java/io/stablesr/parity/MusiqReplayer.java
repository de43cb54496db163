package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.core.FloatTensor;
import io.stablesr.metric.Musiq;
import io.stablesr.metric.MusiqPatches;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * MUSIQ: places, sizes and means of the patches, some whole patches, the score. Recorded tokens
 * that only fill the smaller sizes up have mask 0 and are left out here.
 */
final class MusiqReplayer implements Replayer {
  private static final Tolerance PATCH = Tolerance.absolute(1e-5);

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    try (SyntheticFile weights =
            SyntheticFile.ofKeys(
                replay.networks().recordedFolder(), "musiq", SyntheticRules.MUSIQ);
        Musiq musiq = new Musiq(replay.networks().engine(), weights.weights())) {
      for (String part : scores.figures().keySet()) {
        JsonObject expected = scores.part(part);
        FloatTensor picture = scores.crop(expected.get("image").getAsString(), expected);
        patches(replay, part, expected, MusiqPatches.of(picture));
        scores.check(
            part + " score", musiq.score(picture), expected, "score", RecordedScores.NETWORK);
      }
    }
    scores.omitInner(".*_sub");
  }

  private static void patches(
      Replay replay, String part, JsonObject expected, MusiqPatches patches) {
    int[] mask = replay.golden().ints(part + ".mask");
    int[] tokens = IntStream.range(0, mask.length).filter(token -> mask[token] != 0).toArray();
    integers(replay, part + ".hash_pos", tokens, patches.places());
    integers(replay, part + ".scale_id", tokens, patches.scales());
    float[] pixels = patches.pixels().data();
    int size = pixels.length / patches.count();
    double[] means = new double[patches.count()];
    double[] absolutes = new double[patches.count()];
    for (int i = 0; i < pixels.length; i++) {
      means[i / size] += pixels[i] / (double) size;
      absolutes[i / size] += Math.abs(pixels[i]) / (double) size;
    }
    values(replay, part + ".token_mean", tokens, means);
    values(replay, part + ".token_absmean", tokens, absolutes);
    picked(replay, part, expected.getAsJsonArray("picked_tokens"), tokens, pixels);
  }

  private static void integers(Replay replay, String name, int[] tokens, int[] actual) {
    int[] recorded = replay.golden().ints(name);
    replay.check(name, actual, Arrays.stream(tokens).map(token -> recorded[token]).toArray());
  }

  private static void values(Replay replay, String name, int[] tokens, double[] actual) {
    double[] recorded = replay.golden().doubles(name);
    replay.check(
        name, actual, Arrays.stream(tokens).mapToDouble(token -> recorded[token]).toArray(), PATCH);
  }

  private static void picked(
      Replay replay, String part, JsonArray picked, int[] tokens, float[] pixels) {
    String name = part + ".picked_tokens_c_y_x";
    double[] recorded = replay.golden().doubles(name);
    int size = recorded.length / picked.size();
    double[] ours = new double[recorded.length];
    for (int i = 0; i < picked.size(); i++) {
      int own = Arrays.binarySearch(tokens, picked.get(i).getAsInt());
      // What only fills up is zeros there and not kept here.
      for (int k = 0; own >= 0 && k < size; k++) {
        ours[i * size + k] = pixels[own * size + k];
      }
    }
    replay.check(name, ours, recorded, PATCH);
  }
}
