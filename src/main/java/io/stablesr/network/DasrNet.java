package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * DASR (Liang, Zeng and Zhang 2022): residual blocks whose kernels are mixed from those of several
 * experts, by shares that a small predictor takes from the whole picture; the result is added to
 * the picture enlarged bilinearly. The names are those of {@link RestorationKeys}.
 *
 * @param channels of every convolution, 64
 * @param blocks residual blocks, 16
 * @param scale 2, 3 or 4
 * @param predictor of the experts' shares
 */
public record DasrNet(int channels, int blocks, int scale, DasrPredictor predictor)
    implements RestorationNetwork {
  private static final Scope ROOT = new Scope("");
  private static final int KERNEL = 3;

  /** Checks every value. */
  public DasrNet {
    Objects.requireNonNull(predictor, "predictor");
    Checks.positive("dasr.channels", channels);
    Checks.positive("dasr.blocks", blocks);
    if (scale < 2 || scale > 4) {
      throw new StableSrException(
          ErrorCode.CONFIG, "dasr.scale is %d; it must be 2, 3 or 4.".formatted(scale));
    }
  }

  /** Whether the kernels of these shapes are those of several experts. */
  static boolean fits(Map<String, long[]> shapes) {
    long[] kernels = shapes.get("body.0.conv1.weight");
    return kernels != null && kernels.length == 5;
  }

  /** Reads the numbers off the shapes of both files. */
  static DasrNet infer(KeyShapes keys) {
    if (!keys.any("ConvNet.")) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "These are the experts of DASR (net_g.pth) without the predictor of their shares (ConvNet...); give the method dasr its file net_p.pth as model.predictor-weights, or one file that holds both.");
    }
    int channels = keys.length("conv_first.weight", 1);
    int enlarged = keys.multiple("conv_up1.weight", 1, channels);
    int scale = keys.any("conv_up2.") ? 4 : (int) Math.round(Math.sqrt(enlarged));
    return new DasrNet(channels, keys.count("body."), scale, DasrPredictor.infer(keys));
  }

  @Override
  public Family family() {
    return Family.DASR;
  }

  @Override
  public int alignment() {
    return 1;
  }

  @Override
  public Optional<PictureGuide> guide() {
    return Optional.of(predictor);
  }

  @Override
  public Graph graph(int height, int width) {
    Recorder recorder = new Recorder("dasr");
    Symbol picture = recorder.input("picture", 1, 3, height, width);
    Symbol shares = recorder.input(predictor.name(), 1, predictor.experts());
    Symbol x = mixed(picture, "conv_first", shares, channels).mildlyLeakyRelu();
    for (int block = 0; block < blocks; block++) {
      Scope scope = ROOT.at("body").at(block);
      Symbol inner = x.convMixed(scope.at("conv1"), shares, channels, KERNEL).relu();
      x = x.plus(inner.convMixed(scope.at("conv2"), shares, channels, KERNEL));
      x = x.named(scope.prefix());
    }
    if (scale == 4) {
      x = enlarged(x, "conv_up1", shares, 2);
      x = enlarged(x, "conv_up2", shares, 2);
    } else {
      x = enlarged(x, "conv_up1", shares, scale);
    }
    x = mixed(x, "conv_hr", shares, channels).mildlyLeakyRelu();
    recorder.output("out", mixed(x, "conv_last", shares, 3).plus(picture.upsampleBilinear(scale)));
    return recorder.finish();
  }

  private Symbol enlarged(Symbol x, String name, Symbol shares, int factor) {
    return mixed(x, name, shares, factor * factor * channels)
        .pixelShuffle(factor)
        .mildlyLeakyRelu();
  }

  private static Symbol mixed(Symbol x, String name, Symbol shares, int out) {
    return x.convMixed(ROOT.at(name), shares, out, KERNEL);
  }
}
