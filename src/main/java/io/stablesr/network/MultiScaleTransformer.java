package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.Op.MaxPool.Edge;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * The networks of MUSIQ (Ke et al. 2021): a residual stem that makes a token of each patch, and a
 * transformer over the tokens of several sizes of a picture.
 */
public final class MultiScaleTransformer {
  /** Side of a patch. */
  public static final int PATCH_PIXELS = 32;

  /** Values of a patch after the stem: rows, columns, then channels. */
  public static final int STEM_VALUES = 8 * 8 * 256;

  /** Width of the tokens. */
  public static final int WIDTH = 384;

  private static final Scope ROOT = new Scope("");
  private static final Scope ENCODER = new Scope("transformer_encoder");
  private static final int LAYERS = 14;
  private static final int HEADS = 6;
  private static final int HIDDEN = 1152;
  private static final int GROUPS = 32;
  private static final double NORM_EPSILON = 1e-6;
  private static final double BLOCK_EPSILON = 1e-4;
  private static final int RECORDED_TOKENS = 449;

  private MultiScaleTransformer() {}

  /** {@code patches [N,3,32,32]} in -1..1 to {@code tokens [N,64,256]}. */
  public static Graph stem() {
    Recorder recorder = new Recorder("musiq stem");
    Symbol x = recorder.input("patches", RECORDED_TOKENS, 3, PATCH_PIXELS, PATCH_PIXELS);
    x = x.pad(2, 3, 2, 3).convStandardized(ROOT.at("conv_root"), 64, 7, 2);
    x = x.groupNorm(ROOT.at("gn_root"), GROUPS, NORM_EPSILON).relu();
    // A picture is not negative after its activation, so zeros around never win.
    x = x.pad(0, 1, 0, 1).maxPool(3, 2, Edge.DROPPED);
    Scope block = ROOT.at("block1");
    Symbol h = unit(x, block, "1", 64, 1).relu();
    h = unit(h.pad(1, 1, 1, 1), block, "2", 64, 3).relu();
    h = unit(h, block, "3", 256, 1);
    h = unit(x, block, "_proj", 256, 1).plus(h).relu();
    recorder.output("tokens", h.toTokens());
    return recorder.finish();
  }

  private static Symbol unit(Symbol x, Scope block, String index, int channels, int kernel) {
    return x.convStandardized(block.at("conv" + index), channels, kernel, 1)
        .groupNorm(block.at("gn" + index), GROUPS, BLOCK_EPSILON);
  }

  /**
   * {@code patches [1,L,16384]} and {@code places [1,L,384]} to {@code scores [1,1+L,1]}, of which
   * the first is the picture's.
   */
  public static Graph transformer() {
    Recorder recorder = new Recorder("musiq transformer");
    Symbol patches = recorder.input("patches", 1, RECORDED_TOKENS, STEM_VALUES);
    Symbol places = recorder.input("places", 1, RECORDED_TOKENS, WIDTH);
    Symbol x =
        recorder
            .parameter(ENCODER.key("cls"), 1, 1, WIDTH)
            .concatChannels(patches.linear(ROOT.at("embedding"), WIDTH).plus(places));
    for (int layer = 0; layer < LAYERS; layer++) {
      x = block(x, ENCODER.at("transformer").at("encoderblock_" + layer));
    }
    x = x.layerNorm(ENCODER.at("encoder_norm"), NORM_EPSILON);
    recorder.output("scores", x.linear(ROOT.at("head"), 1));
    return recorder.finish();
  }

  private static Symbol block(Symbol x, Scope scope) {
    Symbol normed = x.layerNorm(scope.at("norm1"), NORM_EPSILON);
    Scope attention = scope.at("attention");
    Symbol attended =
        normed
            .linear(attention.at("query"), WIDTH)
            .attend(
                normed.linear(attention.at("key"), WIDTH),
                normed.linear(attention.at("value"), WIDTH),
                HEADS,
                Op.Mask.NONE);
    Symbol h = x.plus(attended.linear(attention.at("out"), WIDTH));
    Symbol forward =
        h.layerNorm(scope.at("norm2"), NORM_EPSILON)
            .linear(scope.at("mlp.fc1"), HIDDEN)
            .gelu()
            .linear(scope.at("mlp.fc2"), WIDTH);
    return h.plus(forward);
  }
}
