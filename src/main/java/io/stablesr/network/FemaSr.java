package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * FeMaSR (Chen et al. 2022): an encoder with shifted windows finds for every place the nearest
 * entry of a codebook of good pictures, and a decoder paints these, corrected by the encoder's
 * features at its later levels.
 *
 * @param channels at a half (x4) or a quarter (x2) of the input's size and after each of three
 *     doublings: 256, 256, 128, 64
 * @param halvings of the encoder: 1 for x4, 2 for x2
 * @param codes entries of the codebook, 1024
 * @param codeChannels width of an entry, 512
 * @param layers of transformer blocks, of one length: 4 of 6
 * @param heads of attention, 8
 * @param window side of a window, 8
 * @param groups of every group normalisation, 32
 */
public record FemaSr(
    List<Integer> channels,
    int halvings,
    int codes,
    int codeChannels,
    List<Integer> layers,
    int heads,
    int window,
    int groups)
    implements RestorationNetwork {
  private static final Scope ENCODER = new Scope("multiscale_encoder");
  private static final Scope ROOT = new Scope("");
  private static final int LEVELS = 3;
  private static final int HIDDEN = 4;
  private static final double GROUP_EPSILON = 1e-6;

  /** The number of groups does not show in shapes; narrower networks have as many as they can. */
  private static final int MOST_GROUPS = 32;

  /** The encoder's first convolution takes one row and one column away. */
  private static final int FIRST_KERNEL = 4;

  /** Checks every value. */
  public FemaSr {
    channels = Checks.multipliers("femasr.channels", channels);
    layers = Checks.multipliers("femasr.layers", layers);
    Checks.positive("femasr.codes", codes);
    Checks.positive("femasr.codeChannels", codeChannels);
    Checks.positive("femasr.window", window);
    Checks.positive("femasr.heads", heads);
    Checks.divisible("femasr.channels", channels.get(0), "heads", heads);
    for (int width : channels) {
      Checks.divisible("femasr.channels", width, "groups", groups);
    }
    if (channels.size() != LEVELS + 1 || halvings < 1 || halvings > 2) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "femasr has %d widths and %d halvings; it must be 4 widths and 1 or 2 halvings."
              .formatted(channels.size(), halvings));
    }
  }

  /** Reads the numbers off the shapes of a file. */
  static FemaSr infer(KeyShapes keys) {
    if (!keys.any("multiscale_encoder.blocks.1.swin_blks.")
        && !keys.any("multiscale_encoder.blocks.2.swin_blks.")) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "This FeMaSR has no swin_blks after one or two halvings, as its prior (FeMaSR_HRP_model_g.pth) has none; take one that enlarges, such as FeMaSR_SRX4_model_g.pth.");
    }
    int halvings = keys.any("multiscale_encoder.blocks.1.swin_blks.") ? 1 : 2;
    String layers = "multiscale_encoder.blocks.%d.swin_blks.".formatted(halvings);
    List<Integer> channels = new ArrayList<>();
    channels.add(keys.length("after_quant_group.0.conv.weight", 0));
    for (int level = 0; level < LEVELS; level++) {
      channels.add(keys.length("decoder_group.%d.block.1.weight".formatted(level), 0));
    }
    String biases = layers + "0.residual_group.blocks.0.attn.relative_position_bias_table";
    int places = (int) Math.round(Math.sqrt(keys.length(biases, 0)));
    return new FemaSr(
        channels,
        halvings,
        keys.length("quantize_group.0.embedding.weight", 0),
        keys.length("quantize_group.0.embedding.weight", 1),
        Collections.nCopies(keys.count(layers), keys.count(layers + "0.residual_group.blocks.")),
        keys.length(biases, 1),
        (places + 1) / 2,
        groups(commonDivisor(channels)));
  }

  private static int groups(int commonDivisor) {
    int groups = Math.min(MOST_GROUPS, commonDivisor);
    while (commonDivisor % groups != 0) {
      groups--;
    }
    return groups;
  }

  private static int commonDivisor(List<Integer> channels) {
    return channels.stream()
        .map(BigInteger::valueOf)
        .reduce(BigInteger.ZERO, BigInteger::gcd)
        .intValueExact();
  }

  @Override
  public Family family() {
    return Family.FEMASR;
  }

  @Override
  public int scale() {
    return 1 << (LEVELS - halvings);
  }

  @Override
  public int alignment() {
    return window << halvings;
  }

  @Override
  public Filling filling() {
    return Filling.EVERY_TILE;
  }

  @Override
  public Graph graph(int height, int width) {
    Recorder recorder = new Recorder("femasr");
    Symbol x = recorder.input("picture", 1, 3, height, width);
    Scope blocks = ENCODER.at("blocks");
    x = x.conv(ENCODER.at("in_conv"), width(halvings), FIRST_KERNEL, 1, 1);
    for (int i = 0; i < halvings; i++) {
      Scope scope = blocks.at(i);
      x = x.conv(scope.at(0), width(halvings - 1 - i), 3, 2, 1);
      x = residual(residual(x, scope.at(1)), scope.at(2));
    }
    Symbol encoded = transformed(x, blocks.at(halvings).at("swin_blks")).named("encoded");
    Symbol first = enlarged(encoded, blocks.at(halvings + 1), width(1));
    Symbol second = enlarged(first, blocks.at(halvings + 2), width(2));
    Symbol code =
        encoded
            .conv1x1(ROOT.at("before_quant_group.0"), codeChannels)
            .nearestCode(ROOT.at("quantize_group.0.embedding"), codes)
            .named("code");
    Symbol y = code.conv3x3(ROOT.at("after_quant_group.0.conv"), width(0));
    y = enlarged(y, ROOT.at("decoder_group.0.block"), width(1)).named("decoded.0");
    y = enlarged(y.plus(first), ROOT.at("decoder_group.1.block"), width(2));
    y = enlarged(y.plus(second), ROOT.at("decoder_group.2.block"), width(LEVELS));
    recorder.output("out", y.conv3x3(ROOT.at("out_conv"), 3));
    return recorder.finish();
  }

  /** The width after so many doublings of the code's size. */
  private int width(int doublings) {
    return channels.get(doublings);
  }

  private Symbol enlarged(Symbol x, Scope scope, int out) {
    Symbol large = x.upsampleNearest().conv3x3(scope.at(1), out);
    return residual(residual(large, scope.at(2)), scope.at(3));
  }

  private Symbol residual(Symbol x, Scope scope) {
    Scope inner = scope.at("conv");
    Symbol h = x.groupNorm(inner.at(0).at("norm"), groups, GROUP_EPSILON).silu();
    h = h.conv3x3(inner.at(2), x.channels());
    h = h.groupNorm(inner.at(3).at("norm"), groups, GROUP_EPSILON).silu();
    return x.plus(h.conv3x3(inner.at(5), x.channels()));
  }

  private Symbol transformed(Symbol picture, Scope scope) {
    Symbol x = picture;
    for (int layer = 0; layer < layers.size(); layer++) {
      Scope blocks = scope.at(layer).at("residual_group.blocks");
      Symbol tokens = x.toTokens();
      for (int block = 0; block < layers.get(layer); block++) {
        int shift = block % 2 == 0 ? 0 : window / 2;
        tokens =
            new WindowBlock(heads, window, HIDDEN * width(0))
                .apply(tokens, picture, blocks.at(block), shift);
      }
      x = x.plus(tokens.toImage(picture).conv3x3(scope.at(layer).at("conv"), width(0)));
    }
    return x;
  }
}
