package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.List;

/**
 * SwinIR for photographs (Liang et al. 2021): a convolution, residual groups of transformer blocks
 * with attention inside shifted windows, and enlargements by repetition with a convolution each.
 *
 * @param channels width of the tokens: 180 (M) or 240 (L)
 * @param depths transformer blocks of each residual group, every other one with shifted windows
 * @param heads of attention
 * @param window side of a window, 8
 * @param hidden width inside the blocks' two-layer perceptrons
 * @param residual what closes a residual group
 * @param enlargingChannels width of the convolutions after the transformer, 64
 * @param doublings enlargements by two, 2 for x4
 */
public record SwinIr(
    int channels,
    List<Integer> depths,
    int heads,
    int window,
    int hidden,
    Residual residual,
    int enlargingChannels,
    int doublings)
    implements RestorationNetwork {
  /** What closes a residual group. */
  public enum Residual {
    /** One 3x3 convolution (M). */
    ONE_CONVOLUTION,
    /** Three convolutions through a quarter of the channels (L). */
    BOTTLENECK
  }

  private static final Scope ROOT = new Scope("");

  /** Mean colour of DIV2K, which the network is trained without. */
  private static final List<Double> MEAN = List.of(0.4488, 0.4371, 0.4040);

  private static final List<Double> MINUS_MEAN = MEAN.stream().map(value -> -value).toList();

  /** Checks every value. */
  public SwinIr {
    Checks.positive("swinir.channels", channels);
    depths = Checks.multipliers("swinir.depths", depths);
    Checks.positive("swinir.heads", heads);
    Checks.divisible("swinir.channels", channels, "heads", heads);
    Checks.positive("swinir.window", window);
    Checks.positive("swinir.hidden", hidden);
    Checks.positive("swinir.enlargingChannels", enlargingChannels);
    if (doublings < 1 || doublings > 2) {
      throw new StableSrException(
          ErrorCode.CONFIG, "swinir.doublings is %d; it must be 1 or 2.".formatted(doublings));
    }
  }

  /** Reads the numbers off the shapes of a file. */
  static SwinIr infer(KeyShapes keys) {
    String first = "layers.0.residual_group.blocks.0.";
    List<Integer> depths = new ArrayList<>();
    for (int layer = 0; layer < keys.count("layers."); layer++) {
      depths.add(keys.count("layers.%d.residual_group.blocks.".formatted(layer)));
    }
    if (!keys.any("conv_before_upsample.")) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "This SwinIR has no conv_before_upsample: it is for denoising or for light enlargement; only those with nearest+conv enlargement, trained for photographs, can be read.");
    }
    String biases = first + "attn.relative_position_bias_table";
    int places = (int) Math.round(Math.sqrt(keys.length(biases, 0)));
    return new SwinIr(
        keys.length("conv_first.weight", 0),
        depths,
        keys.length(biases, 1),
        (places + 1) / 2,
        keys.length(first + "mlp.fc1.weight", 0),
        keys.any("layers.0.conv.0.") ? Residual.BOTTLENECK : Residual.ONE_CONVOLUTION,
        keys.length("conv_before_upsample.0.weight", 0),
        keys.any("conv_up2.") ? 2 : 1);
  }

  @Override
  public Family family() {
    return Family.SWINIR;
  }

  @Override
  public int scale() {
    return 1 << doublings;
  }

  @Override
  public int alignment() {
    return window;
  }

  @Override
  public Graph graph(int height, int width) {
    Recorder recorder = new Recorder("swinir");
    Symbol picture = recorder.input("picture", 1, 3, height, width).shift(MINUS_MEAN);
    Symbol first = picture.conv3x3(ROOT.at("conv_first"), channels);
    Symbol tokens = first.toTokens().layerNorm(ROOT.at("patch_embed.norm"));
    for (int layer = 0; layer < depths.size(); layer++) {
      tokens = group(tokens, first, layer);
    }
    Symbol deep = tokens.layerNorm(ROOT.at("norm")).toImage(first);
    Symbol x = first.plus(close(deep, ROOT.at("conv_after_body")));
    x = x.conv3x3(ROOT.at("conv_before_upsample.0"), enlargingChannels).barelyLeakyRelu();
    x = x.named("conv_before_upsample");
    for (int step = 1; step <= doublings; step++) {
      x = x.upsampleNearest().conv3x3(ROOT.at("conv_up" + step), enlargingChannels).leakyRelu();
    }
    x = x.conv3x3(ROOT.at("conv_hr"), enlargingChannels).leakyRelu();
    recorder.output("out", x.conv3x3(ROOT.at("conv_last"), 3).shift(MEAN));
    return recorder.finish();
  }

  private Symbol group(Symbol tokens, Symbol like, int layer) {
    Scope scope = ROOT.at("layers").at(layer);
    Scope blocks = scope.at("residual_group.blocks");
    Symbol x = tokens;
    for (int block = 0; block < depths.get(layer); block++) {
      int shift = block % 2 == 0 ? 0 : window / 2;
      x = new WindowBlock(heads, window, hidden).apply(x, like, blocks.at(block), shift);
    }
    return tokens.plus(close(x.toImage(like), scope.at("conv")).toTokens()).named(scope.prefix());
  }

  private Symbol close(Symbol x, Scope scope) {
    if (residual == Residual.ONE_CONVOLUTION) {
      return x.conv3x3(scope, channels);
    }
    return x.conv3x3(scope.at(0), channels / 4)
        .leakyRelu()
        .conv1x1(scope.at(2), channels / 4)
        .leakyRelu()
        .conv3x3(scope.at(4), channels)
        .named(scope.prefix());
  }
}
