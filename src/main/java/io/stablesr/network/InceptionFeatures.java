package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op.MaxPool.Edge;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * Inception v3 (Szegedy et al. 2016) up to its last convolutions, as the Fréchet distance uses it:
 * the weights of the original TensorFlow graph under torchvision's keys, average pools that do not
 * count padding, and a maximum in the last block.
 */
public final class InceptionFeatures {
  /** Side of the pictures that it was trained on. */
  public static final int PIXELS = 299;

  /** Channels of the result. */
  public static final int CHANNELS = 2048;

  private static final double EPSILON = 1e-3;

  private InceptionFeatures() {}

  /**
   * {@code x [N,3,299,299]} in -1..1 to {@code features [N,2048,8,8]}; named {@code block0}, {@code
   * block1}, {@code block2} on the way.
   */
  public static Graph graph() {
    Recorder recorder = new Recorder("inception");
    Symbol x = recorder.input("x", 1, 3, PIXELS, PIXELS);
    x = unit(x, "Conv2d_1a_3x3", 32, 3, 2, 0);
    x = unit(x, "Conv2d_2a_3x3", 32, 3, 1, 0);
    x = largest(unit(x, "Conv2d_2b_3x3", 64, 3, 1, 1)).named("block0");
    x = unit(x, "Conv2d_3b_1x1", 80, 1, 1, 0);
    x = largest(unit(x, "Conv2d_4a_3x3", 192, 3, 1, 0)).named("block1");
    x = wide(x, "Mixed_5b", 32);
    x = wide(x, "Mixed_5c", 64);
    x = wide(x, "Mixed_5d", 64);
    x = firstReduction(x);
    x = separated(x, "Mixed_6b", 128);
    x = separated(x, "Mixed_6c", 160);
    x = separated(x, "Mixed_6d", 160);
    x = separated(x, "Mixed_6e", 192).named("block2");
    x = secondReduction(x);
    x = forked(x, "Mixed_7b", mean(x));
    // A picture is not negative after its activations, so zeros around never win.
    x = forked(x, "Mixed_7c", x.pad(1, 1, 1, 1).maxPool(3, 1, Edge.DROPPED));
    recorder.output("features", x);
    return recorder.finish();
  }

  private static Symbol wide(Symbol x, String name, int pooled) {
    Symbol five = unit(unit(x, name + ".branch5x5_1", 48), name + ".branch5x5_2", 64, 5, 1, 2);
    Symbol twice = unit(x, name + ".branch3x3dbl_1", 64);
    twice = unit(twice, name + ".branch3x3dbl_2", 96, 3, 1, 1);
    twice = unit(twice, name + ".branch3x3dbl_3", 96, 3, 1, 1);
    return unit(x, name + ".branch1x1", 64)
        .concatChannels(five, twice, unit(mean(x), name + ".branch_pool", pooled));
  }

  private static Symbol firstReduction(Symbol x) {
    Symbol twice = unit(x, "Mixed_6a.branch3x3dbl_1", 64);
    twice = unit(twice, "Mixed_6a.branch3x3dbl_2", 96, 3, 1, 1);
    twice = unit(twice, "Mixed_6a.branch3x3dbl_3", 96, 3, 2, 0);
    return unit(x, "Mixed_6a.branch3x3", 384, 3, 2, 0).concatChannels(twice, largest(x));
  }

  private static Symbol separated(Symbol x, String name, int width) {
    Symbol once = unit(x, name + ".branch7x7_1", width);
    once = flat(once, name + ".branch7x7_2", width, 1, 7);
    once = flat(once, name + ".branch7x7_3", 192, 7, 1);
    Symbol twice = unit(x, name + ".branch7x7dbl_1", width);
    twice = flat(twice, name + ".branch7x7dbl_2", width, 7, 1);
    twice = flat(twice, name + ".branch7x7dbl_3", width, 1, 7);
    twice = flat(twice, name + ".branch7x7dbl_4", width, 7, 1);
    twice = flat(twice, name + ".branch7x7dbl_5", 192, 1, 7);
    return unit(x, name + ".branch1x1", 192)
        .concatChannels(once, twice, unit(mean(x), name + ".branch_pool", 192));
  }

  private static Symbol secondReduction(Symbol x) {
    Symbol three = unit(unit(x, "Mixed_7a.branch3x3_1", 192), "Mixed_7a.branch3x3_2", 320, 3, 2, 0);
    Symbol seven = unit(x, "Mixed_7a.branch7x7x3_1", 192);
    seven = flat(seven, "Mixed_7a.branch7x7x3_2", 192, 1, 7);
    seven = flat(seven, "Mixed_7a.branch7x7x3_3", 192, 7, 1);
    seven = unit(seven, "Mixed_7a.branch7x7x3_4", 192, 3, 2, 0);
    return three.concatChannels(seven, largest(x));
  }

  private static Symbol forked(Symbol x, String name, Symbol pooled) {
    Symbol three = unit(x, name + ".branch3x3_1", 384);
    three =
        flat(three, name + ".branch3x3_2a", 384, 1, 3)
            .concatChannels(flat(three, name + ".branch3x3_2b", 384, 3, 1));
    Symbol twice =
        unit(unit(x, name + ".branch3x3dbl_1", 448), name + ".branch3x3dbl_2", 384, 3, 1, 1);
    twice =
        flat(twice, name + ".branch3x3dbl_3a", 384, 1, 3)
            .concatChannels(flat(twice, name + ".branch3x3dbl_3b", 384, 3, 1));
    return unit(x, name + ".branch1x1", 320)
        .concatChannels(three, twice, unit(pooled, name + ".branch_pool", 192));
  }

  private static Symbol largest(Symbol x) {
    return x.maxPool(3, 2, Edge.DROPPED);
  }

  private static Symbol mean(Symbol x) {
    return x.averagePool(3, 1, 1);
  }

  private static Symbol unit(Symbol x, String name, int channels) {
    return unit(x, name, channels, 1, 1, 0);
  }

  private static Symbol unit(
      Symbol x, String name, int channels, int kernel, int stride, int padding) {
    Scope scope = new Scope(name);
    return x.convWithoutBias(scope.at("conv"), channels, kernel, stride, padding)
        .frozenBatchNorm(scope.at("bn"), EPSILON)
        .relu();
  }

  /** A kernel of one row or one column that keeps the size. */
  private static Symbol flat(Symbol x, String name, int channels, int height, int width) {
    Scope scope = new Scope(name);
    return x.pad(height / 2, height / 2, width / 2, width / 2)
        .convOf(scope.at("conv"), channels, height, width)
        .frozenBatchNorm(scope.at("bn"), EPSILON)
        .relu();
  }
}
