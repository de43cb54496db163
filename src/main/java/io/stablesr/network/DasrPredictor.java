package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * The predictor of {@link DasrNet}: six convolutions of 5x5 pixels tell what a picture has been
 * degraded by, and two linear maps, with nothing between them, what share each expert has. Shares
 * may be negative and need not sum to one.
 *
 * @param channels of every convolution but the last, 64
 * @param degradations that the last convolution tells, 33
 * @param hidden between the linear maps, 15
 * @param experts of the network that is guided, 5
 */
public record DasrPredictor(int channels, int degradations, int hidden, int experts)
    implements PictureGuide {
  private static final Scope CONVOLUTIONS = new Scope("ConvNet");
  private static final Scope MAPPING = new Scope("MappingNet");
  private static final int KERNEL = 5;
  private static final int LAYERS = 6;

  /** The convolution that leaves out every other place. */
  private static final int STRIDED = 3;

  /** Checks every value. */
  public DasrPredictor {
    Checks.positive("dasr.predictor.channels", channels);
    Checks.positive("dasr.predictor.degradations", degradations);
    Checks.positive("dasr.predictor.hidden", hidden);
    Checks.positive("dasr.experts", experts);
  }

  static DasrPredictor infer(KeyShapes keys) {
    return new DasrPredictor(
        keys.length("ConvNet.0.weight", 0),
        keys.length("ConvNet.10.weight", 0),
        keys.length("MappingNet.0.weight", 0),
        keys.length("MappingNet.1.weight", 0));
  }

  @Override
  public String name() {
    return "shares";
  }

  @Override
  public int stridePixels() {
    return 2;
  }

  @Override
  public int haloPixels() {
    int before = (STRIDED + 1) * (KERNEL / 2);
    int after = (LAYERS - STRIDED - 1) * (KERNEL / 2);
    return before + stridePixels() * after;
  }

  @Override
  public Graph features(int height, int width) {
    Recorder recorder = new Recorder("dasr-predictor");
    Symbol x = recorder.input("picture", 1, 3, height, width);
    for (int layer = 0; layer < LAYERS; layer++) {
      int out = layer == LAYERS - 1 ? degradations : channels;
      int stride = layer == STRIDED ? 2 : 1;
      x = x.conv(CONVOLUTIONS.at(2 * layer), out, KERNEL, stride, KERNEL / 2).leakyRelu();
    }
    recorder.output("features", x);
    return recorder.finish();
  }

  @Override
  public Graph mapping() {
    Recorder recorder = new Recorder("dasr-mapping");
    Symbol means = recorder.input("means", 1, degradations);
    recorder.output(name(), means.linear(MAPPING.at(0), hidden).linear(MAPPING.at(1), experts));
    return recorder.finish();
  }
}
