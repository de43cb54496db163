package io.stablesr.parity;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.SrvggNet;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The compact network of Real-ESRGAN: {@code input_u8} to {@code dn<d>.output}, with weights that
 * are {@code d} of those that denoise and {@code 1-d} of those that do not.
 */
final class SrvggReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    FloatTensor picture = Pictures.fromBytes(replay.input("input_u8"));
    Graph graph = SrvggNet.GENERAL_X4.graph(picture.dim(1), picture.dim(2));
    for (Matcher name : replay.golden().matching("dn([\\d.]+)\\.output")) {
      float share = Float.parseFloat(name.group(1));
      try (SyntheticFile weights = SyntheticFile.of(writer -> mixed(writer, graph, share))) {
        FloatTensor out =
            replay
                .networks()
                .runOnce(graph, weights.weights(), Map.of("picture", Slices.single(picture)))
                .get("out");
        replay.check(name.group(), out, RecordedScores.NETWORK);
      }
    }
    new RecordedScores(file, replay).omitInner(".*_sub");
  }

  private static void mixed(SafetensorsWriter writer, Graph graph, float share) {
    for (ParameterSpec spec : graph.parameters().values()) {
      float[] one = SyntheticWeights.values(spec.key(), spec.lengths(), SyntheticRules.SRVGG);
      float[] other = SyntheticWeights.values(spec.key(), spec.lengths(), SyntheticRules.SRVGG_WDN);
      for (int i = 0; i < one.length; i++) {
        one[i] = share * one[i] + (1 - share) * other[i];
      }
      writer.add(spec.key(), FloatTensor.of(one, spec.dims()), ElementType.F32);
    }
  }
}
