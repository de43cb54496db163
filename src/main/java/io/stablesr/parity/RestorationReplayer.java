package io.stablesr.parity;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.network.RestorationNetwork;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * A restoration network whose weights are listed by key: {@code input_u8} to {@code output} and to
 * recorded activations. What the network is follows from the shapes.
 */
final class RestorationReplayer implements Replayer {
  private static final Pair[] NAMES = {
    new Pair("body(\\d+)", "body.%s"),
    new Pair("rstb(\\d+)", "layers.%s"),
    new Pair("rstb(\\d+)_block(\\d+)", "layers.%s.residual_group.blocks.%s"),
    new Pair("patch_embed", "patch_embed.norm"),
  };

  private final String name;

  /** A recorded activation's name, and the name in our graph. */
  private record Pair(String recorded, String ours) {}

  /**
   * @param name of the file and of its list of keys
   */
  RestorationReplayer(String name) {
    this.name = name;
  }

  @Override
  public void replay(Path file, Replay replay) {
    FloatTensor picture = Pictures.fromBytes(replay.input("input_u8"));
    try (SyntheticFile stored =
        SyntheticFile.ofKeys(replay.networks().recordedFolder(), name, SyntheticRules.PLAIN)) {
      Weights weights = stored.weights();
      Map<String, long[]> shapes = new LinkedHashMap<>();
      weights.names().forEach(key -> shapes.put(key, weights.get(key).shape()));
      RestorationNetwork network = RestorationNetwork.infer(shapes);
      FloatTensor padded = padded(picture, network.alignment());
      if (replay.golden().has("padded_input")) {
        replay.check("padded_input", Slices.single(padded), replay.tolerances().arithmetic());
      }
      Map<String, String> taps = taps(replay.golden());
      Graph graph =
          network.graph(padded.dim(1), padded.dim(2)).withTaps(taps.values().stream().toList());
      Map<String, FloatTensor> results =
          replay.networks().runOnce(graph, weights, Map.of("picture", Slices.single(padded)));
      int scale = network.scale();
      FloatTensor out =
          Borders.crop(
              Slices.entry(results.get("out"), 0),
              0,
              0,
              scale * picture.dim(1),
              scale * picture.dim(2));
      replay.check("output", Slices.single(out), RecordedScores.NETWORK);
      RecordedScores scores = new RecordedScores(file, replay);
      taps.forEach((recorded, ours) -> scores.checkSampled(recorded, results.get(ours)));
    }
  }

  private static FloatTensor padded(FloatTensor picture, int alignment) {
    int bottom = Math.floorMod(-picture.dim(1), alignment);
    int right = Math.floorMod(-picture.dim(2), alignment);
    return Borders.reflectPad(picture, new Margins(0, bottom, 0, right));
  }

  private static Map<String, String> taps(Golden golden) {
    Map<String, String> taps = new LinkedHashMap<>();
    for (Matcher recorded : golden.matching("(.+)_sub")) {
      taps.put(recorded.group(), ours(recorded.group(1)));
    }
    return taps;
  }

  private static String ours(String recorded) {
    for (Pair pair : NAMES) {
      if (recorded.matches(pair.recorded())) {
        String[] numbers = recorded.replaceAll("\\D+", " ").strip().split(" ", -1);
        return pair.ours().formatted((Object[]) numbers);
      }
    }
    return recorded;
  }
}
