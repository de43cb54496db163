package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * The image tower RN50 of CLIP (Radford et al. 2021): a residual network whose steps to half the
 * size are averages, and attention in place of a mean at the end, here without position embedding,
 * so that pictures may have any size (Wang et al. 2023, CLIP-IQA).
 */
public final class ClipImageTower {
  /** Channels of the residual network's result. */
  public static final int CHANNELS = 2048;

  /** Width of the space that pictures and texts share. */
  public static final int FEATURES = 1024;

  private static final Scope VISUAL = new Scope("visual");
  private static final int[] BLOCKS = {3, 4, 6, 3};
  private static final int FIRST_WIDTH = 64;
  private static final int EXPANSION = 4;
  private static final int HEAD_CHANNELS = 64;
  private static final double EPSILON = 1e-5;
  private static final int RECORDED_PIXELS = 224;

  private ClipImageTower() {}

  /** {@code x [N,3,H,W]}, normalised as CLIP wants it, to {@code tokens [N,h*w,2048]}. */
  public static Graph residual() {
    Recorder recorder = new Recorder("clip residual network");
    Symbol x = recorder.input("x", 1, 3, RECORDED_PIXELS, RECORDED_PIXELS);
    x = unit(x, 1, FIRST_WIDTH / 2, 2);
    x = unit(x, 2, FIRST_WIDTH / 2, 1);
    x = unit(x, 3, FIRST_WIDTH, 1).averagePool(2, 2, 0).named("stem_avgpool");
    for (int layer = 0; layer < BLOCKS.length; layer++) {
      int width = FIRST_WIDTH << layer;
      for (int block = 0; block < BLOCKS[layer]; block++) {
        Scope scope = VISUAL.at("layer" + (layer + 1)).at(block);
        x = bottleneck(x, scope, width, layer > 0 && block == 0 ? 2 : 1);
      }
      x = x.named("layer" + (layer + 1));
    }
    recorder.output("tokens", x.toTokens());
    return recorder.finish();
  }

  /** {@code tokens [N,1+h*w,2048]}, their mean first, to {@code features [N,1+h*w,1024]}. */
  public static Graph pooling() {
    Recorder recorder = new Recorder("clip attention pooling");
    Symbol tokens = recorder.input("tokens", 1, 50, CHANNELS);
    Scope pool = VISUAL.at("attnpool");
    Symbol attended =
        tokens
            .linear(pool.at("q_proj"), CHANNELS)
            .attend(
                tokens.linear(pool.at("k_proj"), CHANNELS),
                tokens.linear(pool.at("v_proj"), CHANNELS),
                CHANNELS / HEAD_CHANNELS,
                Op.Mask.NONE);
    recorder.output("features", attended.linear(pool.at("c_proj"), FEATURES));
    return recorder.finish();
  }

  private static Symbol unit(Symbol x, int index, int channels, int stride) {
    return x.convWithoutBias(VISUAL.at("conv" + index), channels, 3, stride, 1)
        .frozenBatchNorm(VISUAL.at("bn" + index), EPSILON)
        .relu();
  }

  private static Symbol bottleneck(Symbol x, Scope scope, int width, int stride) {
    Symbol out =
        x.convWithoutBias(scope.at("conv1"), width, 1, 1, 0)
            .frozenBatchNorm(scope.at("bn1"), EPSILON)
            .relu()
            .convWithoutBias(scope.at("conv2"), width, 3, 1, 1)
            .frozenBatchNorm(scope.at("bn2"), EPSILON)
            .relu();
    out =
        shrunk(out, stride)
            .convWithoutBias(scope.at("conv3"), width * EXPANSION, 1, 1, 0)
            .frozenBatchNorm(scope.at("bn3"), EPSILON);
    if (stride == 1 && x.channels() == width * EXPANSION) {
      return x.plus(out).relu();
    }
    Scope down = scope.at("downsample");
    return shrunk(x, stride)
        .convWithoutBias(down.at(0), width * EXPANSION, 1, 1, 0)
        .frozenBatchNorm(down.at(1), EPSILON)
        .plus(out)
        .relu();
  }

  private static Symbol shrunk(Symbol x, int stride) {
    return stride == 1 ? x : x.averagePool(stride, stride, 0);
  }
}
