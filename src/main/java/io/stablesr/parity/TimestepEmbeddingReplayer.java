package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Recorder;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;

/** 02: sinusoidal embeddings of timesteps, evaluated by the engine (docs/mathematics.md 1.1). */
final class TimestepEmbeddingReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    FloatTensor timesteps = replay.input("timesteps");
    for (Matcher name : replay.golden().matching("dim(\\d+)")) {
      int width = Integer.parseInt(name.group(1));
      Recorder recorder = new Recorder("timestep-embedding");
      recorder.output("embedding", recorder.input("t", 1).timestepEmbedding(width));
      FloatTensor embedding =
          replay
              .networks()
              .runOnce(recorder.finish(), replay.golden().asWeights(), Map.of("t", timesteps))
              .get("embedding");
      replay.check(name.group(), embedding, replay.tolerances().network());
    }
  }
}
