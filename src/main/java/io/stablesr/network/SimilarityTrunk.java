package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.List;

/**
 * The network of DISTS (Ding et al. 2020, section 3): VGG with 16 layers, whose steps to half the
 * size are roots of means of squares in place of maxima, with torchvision's keys {@code
 * features.N.weight}.
 */
public final class SimilarityTrunk {
  /** Channels of the stages that the distance compares; the first is the picture itself. */
  public static final List<Integer> CHANNELS = List.of(3, 64, 128, 256, 512, 512);

  private static final Scope FEATURES = new Scope("features");
  private static final int RECORDED_PIXELS = 256;

  private SimilarityTrunk() {}

  /** {@code x [N,3,H,W]}, normalised as ImageNet wants it, to {@code 1}, ..., {@code 5}. */
  public static Graph graph() {
    Recorder recorder = new Recorder("similarity trunk");
    Symbol x = recorder.input("x", 1, 3, RECORDED_PIXELS, RECORDED_PIXELS);
    int[][] stages = {{0, 2}, {5, 7}, {10, 12, 14}, {17, 19, 21}, {24, 26, 28}};
    for (int stage = 0; stage < stages.length; stage++) {
      x = stage == 0 ? x : x.squarePool();
      for (int index : stages[stage]) {
        x = x.conv3x3(FEATURES.at(index), CHANNELS.get(stage + 1)).relu();
      }
      recorder.output(Integer.toString(stage + 1), x);
    }
    return recorder.finish();
  }
}
