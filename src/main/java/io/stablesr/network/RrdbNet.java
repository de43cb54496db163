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
 * The network of ESRGAN (Wang et al. 2018): residual-in-residual dense blocks at the resolution of
 * the input, then enlargements by repetition with a convolution each. Real-ESRGAN (Wang et al.
 * 2021) moves blocks of pixels to channels before it for factors below 4.
 *
 * @param channels between the blocks, 64
 * @param growth channels that each convolution of a dense block adds, 32
 * @param blocks residual-in-residual dense blocks: 23, or 6 for drawings
 * @param unshuffle side of the blocks of pixels that become channels: 1, 2 or 4
 * @param doublings enlargements by two at the end, 2 (published with 1 as BSRGAN x2)
 */
public record RrdbNet(int channels, int growth, int blocks, int unshuffle, int doublings)
    implements RestorationNetwork {
  private static final Scope ROOT = new Scope("");
  private static final double RESIDUAL_SCALE = 0.2;
  private static final int DENSE_BLOCKS = 3;
  private static final int COLOURS = 3;

  /** Checks every value. */
  public RrdbNet {
    Checks.positive("rrdb.channels", channels);
    Checks.positive("rrdb.growth", growth);
    Checks.positive("rrdb.blocks", blocks);
    if (unshuffle != 1 && unshuffle != 2 && unshuffle != 4) {
      throw new StableSrException(
          ErrorCode.CONFIG, "rrdb.unshuffle is %d; it must be 1, 2 or 4.".formatted(unshuffle));
    }
    if (doublings < 1 || doublings > 2 || 1 << doublings < unshuffle) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "rrdb.doublings is %d with unshuffle %d; it must be 1 or 2 and not reduce the picture."
              .formatted(doublings, unshuffle));
    }
  }

  /** Reads the numbers off the shapes of a file. */
  static RrdbNet infer(KeyShapes keys) {
    int in = keys.length("conv_first.weight", 1);
    int unshuffle = (int) Math.round(Math.sqrt(in / (double) COLOURS));
    if (unshuffle * unshuffle * COLOURS != in) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: conv_first.weight takes %d channels; 3, 12 or 48 are known."
              .formatted(in));
    }
    return new RrdbNet(
        keys.length("conv_first.weight", 0),
        keys.length("body.0.rdb1.conv1.weight", 0),
        keys.count("body."),
        unshuffle,
        keys.any("conv_up2.") ? 2 : 1);
  }

  @Override
  public Family family() {
    return Family.RRDBNET;
  }

  @Override
  public int scale() {
    return (1 << doublings) / unshuffle;
  }

  @Override
  public int alignment() {
    return unshuffle;
  }

  @Override
  public Graph graph(int height, int width) {
    Recorder recorder = new Recorder("rrdbnet");
    Symbol picture = recorder.input("picture", 1, COLOURS, height, width);
    Symbol start = unshuffle == 1 ? picture : picture.pixelUnshuffle(unshuffle);
    Symbol first = start.conv3x3(ROOT.at("conv_first"), channels);
    Symbol x = first;
    for (int block = 0; block < blocks; block++) {
      x = block(x, ROOT.at("body").at(block));
    }
    x = first.plus(x.conv3x3(ROOT.at("conv_body"), channels));
    for (int step = 1; step <= doublings; step++) {
      x = x.upsampleNearest().conv3x3(ROOT.at("conv_up" + step), channels).leakyRelu();
    }
    x = x.conv3x3(ROOT.at("conv_hr"), channels).leakyRelu();
    recorder.output("out", x.conv3x3(ROOT.at("conv_last"), COLOURS));
    return recorder.finish();
  }

  private Symbol block(Symbol x, Scope scope) {
    Symbol h = x;
    for (int dense = 1; dense <= DENSE_BLOCKS; dense++) {
      h = denseBlock(h, scope.at("rdb" + dense));
    }
    return x.plusScaled(h, RESIDUAL_SCALE).named(scope.prefix());
  }

  /** Every convolution sees the input and what all before it made. */
  private Symbol denseBlock(Symbol x, Scope scope) {
    List<Symbol> made = new ArrayList<>();
    for (int layer = 1; layer <= 4; layer++) {
      made.add(
          x.concatChannels(made.toArray(Symbol[]::new))
              .conv3x3(scope.at("conv" + layer), growth)
              .leakyRelu());
    }
    Symbol last =
        x.concatChannels(made.toArray(Symbol[]::new)).conv3x3(scope.at("conv5"), channels);
    return x.plusScaled(last, RESIDUAL_SCALE);
  }
}
