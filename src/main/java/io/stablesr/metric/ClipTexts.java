package io.stablesr.metric;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.network.ClipImageTower;
import io.stablesr.network.TextEncoder;
import io.stablesr.network.TextEncoderConfig;
import io.stablesr.network.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the text tower of CLIP RN50 makes of texts. */
public final class ClipTexts {
  private static final TextEncoderConfig TOWER =
      new TextEncoderConfig(512, 12, 8, 49408, ClipTokenizer.CONTEXT_TOKENS);

  private ClipTexts() {}

  /** The features of each text, {@code [1024]}, not normalised. */
  public static List<float[]> features(TensorEngine engine, Weights weights, List<String> texts) {
    ClipTokenizer tokenizer = ClipTokenizer.load();
    float[] projection = weights.get("text_projection").toFloats().data();
    List<float[]> features = new ArrayList<>();
    try (CompiledNetwork tower = engine.compile(graph(), weights, CompileOptions.EXACT);
        TensorScope scope = engine.scope()) {
      for (String text : texts) {
        long[] ids = tokenizer.encode(text);
        float[] row = new float[ids.length];
        int end = 0;
        for (int i = 0; i < row.length; i++) {
          row[i] = ids[i];
          end = ids[i] == ClipTokenizer.END_ID ? i : end;
        }
        FloatTensor states =
            tower
                .run(scope, Map.of("tokens", scope.upload(row, 1, row.length)))
                .get("states")
                .download();
        features.add(projected(states, end, projection));
      }
    }
    return features;
  }

  private static Graph graph() {
    Recorder recorder = new Recorder("clip text tower");
    TextEncoder encoder = new TextEncoder(TOWER, new Scope(""), Op.Function.QUICK_GELU);
    recorder.output(
        "states",
        encoder.record(
            recorder, recorder.input("tokens", 1, TOWER.contextLength()), TOWER.layers()));
    return recorder.finish();
  }

  /** The state at the end of the text times the projection {@code [512,1024]}. */
  private static float[] projected(FloatTensor states, int end, float[] projection) {
    int width = TOWER.width();
    float[] feature = new float[ClipImageTower.FEATURES];
    for (int j = 0; j < feature.length; j++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += (double) states.data()[end * width + i] * projection[i * feature.length + j];
      }
      feature[j] = (float) sum;
    }
    return feature;
  }
}
