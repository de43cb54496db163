package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Op;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CodeFormer (Zhou et al. 2022): an encoder and a transformer name a code of a learned codebook for
 * each of 16x16 places of a face, a generator draws the face from the codes, and features of the
 * encoder are mixed in with a weight w (controllable feature transformation, section 3.3). The keys
 * are those of {@code params_ema} in {@code codeformer.pth}.
 */
public final class CodeFormer {
  /** Side of a face in pixels. */
  public static final int PIXELS = 512;

  /** Rows and columns of codes. */
  public static final int GRID = 16;

  /** Codes in the codebook. */
  public static final int CODES = 1024;

  /** Channels of a code. */
  public static final int CODE_CHANNELS = 256;

  /** Key of the codebook {@code [1024,256]}. */
  public static final String CODEBOOK = "quantize.embedding.weight";

  private static final Scope ROOT = new Scope("");
  private static final int WIDTH = 512;
  private static final int LAYERS = 9;
  private static final int HEADS = 8;

  /** Channels at 512, 256, 128, 64, 32 and 16 pixels. */
  private static final int[] CHANNELS = {64, 128, 128, 256, 256, 512};

  private static final int LAST = CHANNELS.length - 1;
  private static final int BLOCKS_PER_LEVEL = 2;

  /** Levels whose features are mixed in: 256, 128, 64 and 32 pixels. */
  private static final List<Integer> FUSED_LEVELS = List.of(1, 2, 3, 4);

  /** Whether the generator mixes features of the encoder in. */
  public enum Fusion {
    /** The generator sees the codes alone, as for w = 0. */
    NONE,
    /** It has inputs {@code feature/SIDE} and {@code w}. */
    FEATURES
  }

  private CodeFormer() {}

  /**
   * {@code picture [N,3,512,512]} in -1..1 to {@code logits [N,256,1024]}, {@code lq_feat
   * [N,256,16,16]} and {@code feature/SIDE [N,C,SIDE,SIDE]} for sides 256, 128, 64, 32; named
   * {@code encI} and {@code ftI} on the way.
   */
  public static Graph encoder() {
    Recorder recorder = new Recorder("codeformer-encoder");
    Map<Integer, Symbol> features = new LinkedHashMap<>();
    Symbol lq = encode(recorder.input("picture", 1, 3, PIXELS, PIXELS), features);
    recorder.output("logits", transform(recorder, lq));
    recorder.output("lq_feat", lq);
    features.forEach((side, feature) -> recorder.output("feature/" + side, feature));
    return recorder.finish();
  }

  /**
   * {@code codes [N,256,16,16]}, rows of the codebook that were given the moments of {@code
   * lq_feat}, to {@code picture [N,3,512,512]} in about -1..1; with features also {@code
   * feature/SIDE} as {@link #encoder} yields them and {@code w [1]}. Named {@code genI} and {@code
   * fuseSIDE} on the way.
   */
  public static Graph generator(Fusion fusion) {
    Recorder recorder = new Recorder("codeformer-generator");
    Symbol codes = recorder.input("codes", 1, CODE_CHANNELS, GRID, GRID);
    Map<Integer, Symbol> features = new LinkedHashMap<>();
    List<Symbol> weight = new ArrayList<>();
    if (fusion == Fusion.FEATURES) {
      for (int level : FUSED_LEVELS) {
        int side = PIXELS >> level;
        features.put(side, recorder.input("feature/" + side, 1, CHANNELS[level], side, side));
      }
      weight.add(recorder.input("w", 1));
    }
    recorder.output("picture", generate(codes, features, weight));
    return recorder.finish();
  }

  /** Every key of the official file with its shape. */
  public static Map<String, ParameterSpec> parameters() {
    Map<String, ParameterSpec> table = new LinkedHashMap<>(encoder().parameters());
    table.put(CODEBOOK, new ParameterSpec(CODEBOOK, List.of(CODES, CODE_CHANNELS)));
    table.putAll(generator(Fusion.FEATURES).parameters());
    return table;
  }

  private static Symbol encode(Symbol picture, Map<Integer, Symbol> features) {
    Blocks blocks = new Blocks(ROOT.at("encoder.blocks"), "enc");
    Symbol x = blocks.convolution(picture, CHANNELS[0]);
    for (int level = 0; level <= LAST; level++) {
      for (int block = 0; block < BLOCKS_PER_LEVEL; block++) {
        x = blocks.residual(x, CHANNELS[level]);
        if (level == LAST) {
          x = blocks.attention(x);
        }
      }
      if (FUSED_LEVELS.contains(level)) {
        features.put(PIXELS >> level, x);
      }
      if (level < LAST) {
        x = blocks.halved(x);
      }
    }
    x = blocks.residual(x, CHANNELS[LAST]);
    x = blocks.attention(x);
    x = blocks.residual(x, CHANNELS[LAST]);
    return blocks.convolution(blocks.normalized(x), CODE_CHANNELS);
  }

  /** Places see each other in 9 layers; queries and keys know where they are, values do not. */
  private static Symbol transform(Recorder recorder, Symbol lq) {
    Symbol places = recorder.parameter("position_emb", GRID * GRID, WIDTH);
    Symbol x = lq.toTokens().linear(ROOT.at("feat_emb"), WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      x = layer(ROOT.at("ft_layers").at(layer), x, places).named("ft" + layer);
    }
    Scope predictor = ROOT.at("idx_pred_layer");
    return x.layerNorm(predictor.at(0)).linearWithoutBias(predictor.at(1), CODES);
  }

  private static Symbol layer(Scope layer, Symbol x, Symbol places) {
    Symbol values = x.layerNorm(layer.at("norm1"));
    Symbol placed = packed(layer, values.plus(places));
    Symbol attended =
        placed
            .chunk(0, 3)
            .attend(placed.chunk(1, 3), packed(layer, values).chunk(2, 3), HEADS, Op.Mask.NONE)
            .linear(layer.at("self_attn.out_proj"), WIDTH);
    Symbol h = x.plus(attended);
    Symbol forward =
        h.layerNorm(layer.at("norm2"))
            .linear(layer.at("linear1"), 2 * WIDTH)
            .gelu()
            .linear(layer.at("linear2"), WIDTH);
    return h.plus(forward);
  }

  private static Symbol packed(Scope layer, Symbol tokens) {
    Scope attention = layer.at("self_attn");
    return tokens.linear(
        attention.at("in_proj"),
        new ParameterSpec(attention.key("in_proj_weight"), List.of(3 * WIDTH, WIDTH)),
        List.of(new ParameterSpec(attention.key("in_proj_bias"), List.of(3 * WIDTH))));
  }

  private static Symbol generate(Symbol codes, Map<Integer, Symbol> features, List<Symbol> weight) {
    Blocks blocks = new Blocks(ROOT.at("generator.blocks"), "gen");
    Symbol x = blocks.convolution(codes, CHANNELS[LAST]);
    x = blocks.residual(x, CHANNELS[LAST]);
    x = blocks.attention(x);
    x = blocks.residual(x, CHANNELS[LAST]);
    for (int level = LAST; level >= 0; level--) {
      int side = PIXELS >> level;
      for (int block = 0; block < BLOCKS_PER_LEVEL; block++) {
        x = blocks.residual(x, CHANNELS[level]);
        // Features join after the first block of a level.
        if (block == 0 && features.containsKey(side)) {
          x = fuse(side, features.get(side), x, weight.get(0));
        }
        if (level == LAST) {
          x = blocks.attention(x);
        }
      }
      if (level > 0) {
        x = blocks.doubled(x);
      }
    }
    return blocks.convolution(blocks.normalized(x), 3);
  }

  /** {@code D + w * (D * scale + shift)}, scale and shift from both features. */
  private static Symbol fuse(int side, Symbol encoded, Symbol decoded, Symbol weight) {
    Scope fusion = ROOT.at("fuse_convs_dict").at(side);
    int channels = decoded.channels();
    Symbol joined =
        Blocks.residual(fusion.at("encode_enc"), encoded.concatChannels(decoded), channels);
    Symbol scale = pair(fusion.at("scale"), joined, channels);
    Symbol shift = pair(fusion.at("shift"), joined, channels);
    return decoded.plus(decoded.times(scale).plus(shift).times(weight)).named("fuse" + side);
  }

  private static Symbol pair(Scope scope, Symbol x, int channels) {
    return x.conv3x3(scope.at(0), channels).leakyRelu().conv3x3(scope.at(2), channels);
  }

  /** Blocks that the official file numbers one after the other; each result is named. */
  private static final class Blocks {
    private static final int GROUPS = 32;
    private static final double EPSILON = 1e-6;

    private final Scope scope;
    private final String name;
    private int index;

    Blocks(Scope scope, String name) {
      this.scope = scope;
      this.name = name;
    }

    private Scope next() {
      return scope.at(index);
    }

    private Symbol done(Symbol result) {
      return result.named(name + index++);
    }

    Symbol convolution(Symbol x, int channels) {
      return done(x.conv3x3(next(), channels));
    }

    Symbol normalized(Symbol x) {
      return done(x.groupNorm(next(), GROUPS, EPSILON));
    }

    Symbol halved(Symbol x) {
      return done(x.padRightBottom().conv(next().at("conv"), x.channels(), 3, 2, 0));
    }

    Symbol doubled(Symbol x) {
      return done(x.upsampleNearest().conv3x3(next().at("conv"), x.channels()));
    }

    Symbol residual(Symbol x, int channels) {
      return done(residual(next(), x, channels));
    }

    static Symbol residual(Scope block, Symbol x, int channels) {
      Symbol h = x.groupNorm(block.at("norm1"), GROUPS, EPSILON).silu();
      h = h.conv3x3(block.at("conv1"), channels).groupNorm(block.at("norm2"), GROUPS, EPSILON);
      h = h.silu().conv3x3(block.at("conv2"), channels);
      return h.plus(x.channels() == channels ? x : x.conv1x1(block.at("conv_out"), channels));
    }

    Symbol attention(Symbol x) {
      Scope block = next();
      int channels = x.channels();
      Symbol tokens = x.groupNorm(block.at("norm"), GROUPS, EPSILON).toTokens();
      Symbol attended =
          tokens
              .pointwise(block.at("q"), channels, 4)
              .attend(
                  tokens.pointwise(block.at("k"), channels, 4),
                  tokens.pointwise(block.at("v"), channels, 4),
                  1,
                  Op.Mask.NONE)
              .pointwise(block.at("proj_out"), channels, 4);
      return done(x.plus(attended.toImage(x)));
    }
  }
}
