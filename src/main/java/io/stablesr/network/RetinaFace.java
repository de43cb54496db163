package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op.MaxPool.Edge;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.List;

/**
 * RetinaFace (Deng et al. 2020) on ResNet-50: features of three resolutions are joined from coarse
 * to fine (FPN), each looks around (SSH), and 1x1 convolutions say for two squares at each place
 * whether there is a face, where exactly, and where its eyes, nose and corners of the mouth are.
 * Keys of {@code detection_Resnet50_Final.pth} without {@code module.}.
 */
public final class RetinaFace {
  /** Pixels between places of the three resolutions; sides of a picture are multiples of 32. */
  public static final List<Integer> STRIDES = List.of(8, 16, 32);

  /** Squares at each place. */
  public static final int ANCHORS = 2;

  private static final Scope ROOT = new Scope("");
  private static final Scope BODY = new Scope("body");
  private static final int[] BLOCKS = {3, 4, 6, 3};
  private static final int FIRST_WIDTH = 64;
  private static final int EXPANSION = 4;
  private static final int WIDTH = 256;
  private static final double EPSILON = 1e-5;
  private static final int RECORDED_PIXELS = 320;

  private enum Activation {
    NONE,
    RELU
  }

  private RetinaFace() {}

  /**
   * {@code picture [N,3,H,W]}, channels blue, green, red in 0..255 less their means, H and W
   * multiples of 32, to {@code class/i [N,h*w,4]}, {@code box/i [N,h*w,8]} and {@code landmarks/i
   * [N,h*w,20]} for each of {@link #STRIDES}; the last axis is two squares with 2, 4 and 10 values.
   */
  public static Graph graph() {
    Recorder recorder = new Recorder("retinaface");
    List<Symbol> body = body(recorder.input("picture", 1, 3, RECORDED_PIXELS, RECORDED_PIXELS));
    List<Symbol> pyramid = pyramid(body);
    for (int i = 0; i < pyramid.size(); i++) {
      Symbol context = context(ROOT.at("ssh" + (i + 1)), pyramid.get(i)).named("ssh" + (i + 1));
      recorder.output("class/" + i, head("ClassHead", i, context, 2));
      recorder.output("box/" + i, head("BboxHead", i, context, 4));
      recorder.output("landmarks/" + i, head("LandmarkHead", i, context, 10));
    }
    return recorder.finish();
  }

  /** The last three resolutions of ResNet-50, the finest first. */
  private static List<Symbol> body(Symbol picture) {
    Symbol x = picture.convWithoutBias(BODY.at("conv1"), FIRST_WIDTH, 7, 2, 3).named("conv1");
    x = x.frozenBatchNorm(BODY.at("bn1"), EPSILON).relu();
    // Nothing is negative here, so zeros around never win.
    x = x.pad(1, 1, 1, 1).maxPool(3, 2, Edge.DROPPED);
    Symbol[] layers = new Symbol[BLOCKS.length];
    for (int layer = 0; layer < BLOCKS.length; layer++) {
      for (int block = 0; block < BLOCKS[layer]; block++) {
        Scope scope = BODY.at("layer" + (layer + 1)).at(block);
        x = bottleneck(x, scope, FIRST_WIDTH << layer, layer > 0 && block == 0 ? 2 : 1);
      }
      layers[layer] = x.named("layer" + (layer + 1));
    }
    return List.of(layers[1], layers[2], layers[3]);
  }

  private static Symbol bottleneck(Symbol x, Scope scope, int width, int stride) {
    int out = width * EXPANSION;
    Symbol h =
        x.convWithoutBias(scope.at("conv1"), width, 1, 1, 0)
            .frozenBatchNorm(scope.at("bn1"), EPSILON)
            .relu()
            .convWithoutBias(scope.at("conv2"), width, 3, stride, 1)
            .frozenBatchNorm(scope.at("bn2"), EPSILON)
            .relu()
            .convWithoutBias(scope.at("conv3"), out, 1, 1, 0)
            .frozenBatchNorm(scope.at("bn3"), EPSILON);
    if (stride == 1 && x.channels() == out) {
      return h.plus(x).relu();
    }
    Scope down = scope.at("downsample");
    return x.convWithoutBias(down.at(0), out, 1, stride, 0)
        .frozenBatchNorm(down.at(1), EPSILON)
        .plus(h)
        .relu();
  }

  private static List<Symbol> pyramid(List<Symbol> body) {
    Scope fpn = ROOT.at("fpn");
    Symbol[] levels = new Symbol[body.size()];
    for (int i = 0; i < levels.length; i++) {
      String name = "output" + (i + 1);
      levels[i] = unit(fpn.at(name), body.get(i), WIDTH, 1, Activation.RELU).named("fpn_" + name);
    }
    for (int i = levels.length - 2; i >= 0; i--) {
      String name = "merge" + (i + 1);
      Symbol sum = levels[i].plus(levels[i + 1].upsampleNearest());
      levels[i] = unit(fpn.at(name), sum, WIDTH, 3, Activation.RELU).named("fpn_" + name);
    }
    return List.of(levels);
  }

  /** Three views of 3, 5 and 7 pixels side by side (Najibi et al. 2017). */
  private static Symbol context(Scope ssh, Symbol x) {
    Symbol three = unit(ssh.at("conv3X3"), x, WIDTH / 2, 3, Activation.NONE);
    Symbol five = unit(ssh.at("conv5X5_1"), x, WIDTH / 4, 3, Activation.RELU);
    Symbol seven = unit(ssh.at("conv7X7_2"), five, WIDTH / 4, 3, Activation.RELU);
    return three
        .concatChannels(
            unit(ssh.at("conv5X5_2"), five, WIDTH / 4, 3, Activation.NONE),
            unit(ssh.at("conv7x7_3"), seven, WIDTH / 4, 3, Activation.NONE))
        .relu();
  }

  private static Symbol unit(
      Scope scope, Symbol x, int channels, int kernel, Activation activation) {
    Symbol normalised =
        x.convWithoutBias(scope.at(0), channels, kernel, 1, kernel / 2)
            .frozenBatchNorm(scope.at(1), EPSILON);
    return activation == Activation.RELU ? normalised.relu() : normalised;
  }

  private static Symbol head(String name, int level, Symbol x, int values) {
    return x.conv1x1(ROOT.at(name).at(level).at("conv1x1"), ANCHORS * values).toTokens();
  }
}
