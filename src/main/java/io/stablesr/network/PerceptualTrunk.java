package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op.MaxPool.Edge;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.List;

/**
 * The convolutions of classification networks whose activations perceptual distances compare, with
 * torchvision's keys {@code features.N.weight}.
 */
public enum PerceptualTrunk {
  /** AlexNet (Krizhevsky 2014), five activations. */
  ALEX,
  /** VGG with 16 layers (Simonyan and Zisserman 2015), five activations. */
  VGG16,
  /** SqueezeNet 1.1 (Iandola et al. 2016), seven activations. */
  SQUEEZE;

  private static final Scope FEATURES = new Scope("features");
  private static final int RECORDED_PIXELS = 224;

  /** Channels of the activations, the first first. */
  public List<Integer> channels() {
    return switch (this) {
      case ALEX -> List.of(64, 192, 384, 256, 256);
      case VGG16 -> List.of(64, 128, 256, 512, 512);
      case SQUEEZE -> List.of(64, 128, 256, 384, 384, 512, 512);
    };
  }

  /**
   * The trunk: {@code x [N,3,H,W]}, normalised as its weights want it, to {@code 0}, {@code 1}, ...
   */
  public Graph graph() {
    Recorder recorder = new Recorder("perceptual trunk");
    Symbol x = recorder.input("x", 1, 3, RECORDED_PIXELS, RECORDED_PIXELS);
    List<Symbol> activations =
        switch (this) {
          case ALEX -> alex(x);
          case VGG16 -> vgg(x);
          case SQUEEZE -> squeeze(x);
        };
    for (int i = 0; i < activations.size(); i++) {
      recorder.output(Integer.toString(i), activations.get(i));
    }
    return recorder.finish();
  }

  private static List<Symbol> alex(Symbol x) {
    Symbol first = x.conv(FEATURES.at(0), 64, 11, 4, 2).relu();
    Symbol second = pool(first).conv(FEATURES.at(3), 192, 5, 1, 2).relu();
    Symbol third = pool(second).conv3x3(FEATURES.at(6), 384).relu();
    Symbol fourth = third.conv3x3(FEATURES.at(8), 256).relu();
    Symbol fifth = fourth.conv3x3(FEATURES.at(10), 256).relu();
    return List.of(first, second, third, fourth, fifth);
  }

  private static Symbol pool(Symbol x) {
    return x.maxPool(3, 2, Edge.DROPPED);
  }

  private static List<Symbol> vgg(Symbol x) {
    Symbol first = vggBlock(x, 64, 0, 2);
    Symbol second = vggBlock(half(first), 128, 5, 7);
    Symbol third = vggBlock(half(second), 256, 10, 12, 14);
    Symbol fourth = vggBlock(half(third), 512, 17, 19, 21);
    Symbol fifth = vggBlock(half(fourth), 512, 24, 26, 28);
    return List.of(first, second, third, fourth, fifth);
  }

  private static Symbol half(Symbol x) {
    return x.maxPool(2, 2, Edge.DROPPED);
  }

  private static Symbol vggBlock(Symbol x, int channels, int... indices) {
    Symbol out = x;
    for (int index : indices) {
      out = out.conv3x3(FEATURES.at(index), channels).relu();
    }
    return out;
  }

  private static List<Symbol> squeeze(Symbol x) {
    Symbol first = x.conv(FEATURES.at(0), 64, 3, 2, 0).relu();
    Symbol second = fire(fire(ceilPool(first), 3, 16, 64), 4, 16, 64);
    Symbol third = fire(fire(ceilPool(second), 6, 32, 128), 7, 32, 128);
    Symbol fourth = fire(ceilPool(third), 9, 48, 192);
    Symbol fifth = fire(fourth, 10, 48, 192);
    Symbol sixth = fire(fifth, 11, 64, 256);
    Symbol seventh = fire(sixth, 12, 64, 256);
    return List.of(first, second, third, fourth, fifth, sixth, seventh);
  }

  private static Symbol ceilPool(Symbol x) {
    return x.maxPool(3, 2, Edge.KEPT);
  }

  private static Symbol fire(Symbol x, int index, int squeezed, int expanded) {
    Scope scope = FEATURES.at(index);
    Symbol narrow = x.conv1x1(scope.at("squeeze"), squeezed).relu();
    return narrow
        .conv1x1(scope.at("expand1x1"), expanded)
        .relu()
        .concatChannels(narrow.conv3x3(scope.at("expand3x3"), expanded).relu());
  }
}
