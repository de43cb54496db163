package io.stablesr.network;

import io.stablesr.graph.Op;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.ArrayList;
import java.util.List;

/**
 * The KL autoencoder, with controllable feature wrapping in its decoder (paper section 3.2).
 *
 * <p>The same weights stand at the root of {@code vqgan_cfw_*.ckpt} and, without the fusion layers,
 * under {@code first_stage_model} of the diffusion checkpoint; {@code scope} chooses.
 */
public final class Autoencoder {
  private final AutoencoderConfig config;
  private final Scope scope;
  private final AutoencoderBlocks blocks;

  /** An autoencoder of the given architecture with its weights under {@code scope}. */
  public Autoencoder(AutoencoderConfig config, Scope scope) {
    this.config = config;
    this.scope = scope;
    this.blocks = new AutoencoderBlocks(config);
  }

  /**
   * What the encoder yields.
   *
   * @param moments mean and log variance of the posterior, {@code [N,8,H/f,W/f]}
   * @param features one map per fused level, highest resolution first
   */
  public record Encoded(Symbol moments, List<Symbol> features) {}

  /**
   * The part of the encoder that works on any window of the picture: everything above the latent's
   * resolution and the blocks at it, apart from the middle.
   *
   * @param latentResolution {@code [N,C,H/f,W/f]}
   * @param features one map per fused level, highest resolution first
   */
  public record EncoderBody(Symbol latentResolution, List<Symbol> features) {}

  /** Records the encoder of a picture {@code [N,3,H,W]} in -1..1. */
  public Encoded encode(Symbol picture) {
    EncoderBody body = encoderBody(picture);
    return new Encoded(encoderTail(body.latentResolution()), body.features());
  }

  /** Records the encoder down to the latent's resolution, without the middle. */
  public EncoderBody encoderBody(Symbol picture) {
    Scope encoder = scope.at("encoder");
    List<Symbol> features = new ArrayList<>();
    Symbol x = picture.conv3x3(encoder.at("conv_in"), config.channels());
    for (int level = 0; level < config.levels(); level++) {
      Scope down = encoder.at("down").at(level);
      for (int block = 0; block < config.residualBlocks(); block++) {
        x = blocks.residual(down.at("block").at(block), x, config.channels(level));
      }
      if (config.fusedLevels().contains(level)) {
        features.add(x);
      }
      if (level < config.levels() - 1) {
        x = x.padRightBottom().conv(down.at("downsample.conv"), x.channels(), 3, 2, 0);
      }
    }
    return new EncoderBody(x, features);
  }

  /** Records the middle and the end of the encoder: {@link EncoderBody} to moments. */
  public Symbol encoderTail(Symbol latentResolution) {
    Scope encoder = scope.at("encoder");
    Symbol x = blocks.middle(encoder.at("mid"), latentResolution);
    x = blocks.normalized(encoder.at("norm_out"), x).silu();
    x = x.conv3x3(encoder.at("conv_out"), 2 * config.latentChannels());
    return x.conv1x1(scope.at("quant_conv"), 2 * config.latentChannels());
  }

  /** Records the plain decoder of an unscaled latent {@code [N,4,h,w]}. */
  public Symbol decode(Symbol latent) {
    return decode(latent, List.of(), null);
  }

  /**
   * Records the decoder with feature wrapping: {@code D + w * Fuse(E, D)} after each fused level.
   *
   * @param latent unscaled latent {@code [N,4,h,w]}
   * @param features encoder features as {@link #encode} yields them
   * @param fusionWeight w as a tensor of one value
   */
  public Symbol decode(Symbol latent, List<Symbol> features, Symbol fusionWeight) {
    return decoderBody(decoderHead(latent), features, fusionWeight);
  }

  /** Records all of the decoder that works at the latent's resolution: {@code [N,C,h,w]}. */
  public Symbol decoderHead(Symbol latent) {
    Scope decoder = scope.at("decoder");
    int last = config.levels() - 1;
    Symbol x = latent.conv1x1(scope.at("post_quant_conv"), config.latentChannels());
    x = x.conv3x3(decoder.at("conv_in"), config.channels(last));
    x = blocks.middle(decoder.at("mid"), x);
    return decoderBlocks(last, x);
  }

  /**
   * Records the rest of the decoder, which works on any window; arguments as for {@link
   * #decode(Symbol, List, Symbol)}, with an empty list for the plain decoder.
   */
  public Symbol decoderBody(Symbol head, List<Symbol> features, Symbol fusionWeight) {
    Scope decoder = scope.at("decoder");
    Symbol x = head;
    for (int level = config.levels() - 2; level >= 0; level--) {
      Scope upsample = decoder.at("up").at(level + 1).at("upsample.conv");
      x = decoderBlocks(level, x.upsampleNearest().conv3x3(upsample, x.channels()));
      int feature = config.fusedLevels().indexOf(level);
      if (feature >= 0 && !features.isEmpty()) {
        Scope layer = decoder.at("fusion_layer_" + level);
        x = blocks.fuse(layer, features.get(feature), x, fusionWeight);
      }
    }
    x = blocks.normalized(decoder.at("norm_out"), x).silu();
    return x.conv3x3(decoder.at("conv_out"), 3);
  }

  private Symbol decoderBlocks(int level, Symbol x) {
    Scope up = scope.at("decoder").at("up").at(level);
    Symbol y = x;
    for (int block = 0; block <= config.residualBlocks(); block++) {
      y = blocks.residual(up.at("block").at(block), y, config.channels(level));
    }
    return y;
  }

  /** Blocks of the autoencoder; every normalisation has epsilon 1e-6. */
  private record AutoencoderBlocks(AutoencoderConfig config) {
    Symbol normalized(Scope norm, Symbol x) {
      return x.groupNorm(norm, config.normGroups(), 1e-6);
    }

    Symbol residual(Scope block, Symbol x, int outChannels) {
      Symbol skip =
          x.channels() == outChannels ? x : x.conv1x1(block.at("nin_shortcut"), outChannels);
      return skip.plus(branch(block, x, outChannels)).named(block.prefix());
    }

    private Symbol branch(Scope block, Symbol x, int outChannels) {
      Symbol h = normalized(block.at("norm1"), x).silu().conv3x3(block.at("conv1"), outChannels);
      return normalized(block.at("norm2"), h).silu().conv3x3(block.at("conv2"), outChannels);
    }

    Symbol middle(Scope mid, Symbol x) {
      Symbol h = residual(mid.at("block_1"), x, x.channels());
      if (config.middleAttention() == AutoencoderConfig.MiddleAttention.SINGLE_HEAD) {
        h = attention(mid.at("attn_1"), h);
      }
      return residual(mid.at("block_2"), h, h.channels());
    }

    private Symbol attention(Scope attn, Symbol x) {
      int channels = x.channels();
      Symbol tokens = normalized(attn.at("norm"), x).toTokens();
      Symbol q = tokens.pointwise(attn.at("q"), channels, 4);
      Symbol k = tokens.pointwise(attn.at("k"), channels, 4);
      Symbol v = tokens.pointwise(attn.at("v"), channels, 4);
      Symbol out = q.attend(k, v, 1, Op.Mask.NONE).pointwise(attn.at("proj_out"), channels, 4);
      return x.plus(out.toImage(x)).named(attn.prefix());
    }

    Symbol fuse(Scope layer, Symbol encoderFeature, Symbol x, Symbol weight) {
      Scope entry = layer.at("encode_enc_1");
      Symbol joined = encoderFeature.concatChannels(x);
      Symbol f =
          joined
              .conv1x1(entry.at("conv_out"), x.channels())
              .plus(branch(entry, joined, x.channels()));
      for (int block = 0; block < config.fusionBlocks(); block++) {
        f = denseBlocks(layer.at("encode_enc_2").at(block), f);
      }
      f = residual(layer.at("encode_enc_3"), f, f.channels());
      return x.plus(f.times(weight)).named(layer.prefix());
    }

    private Symbol denseBlocks(Scope block, Symbol x) {
      Symbol h = x;
      for (int dense = 1; dense <= 3; dense++) {
        h = denseBlock(block.at("rdb" + dense), h);
      }
      return x.plusScaled(h, 0.2);
    }

    private Symbol denseBlock(Scope dense, Symbol x) {
      int growth = config.fusionGrowth();
      Symbol x1 = x.conv3x3(dense.at("conv1"), growth).leakyRelu();
      Symbol x2 = x.concatChannels(x1).conv3x3(dense.at("conv2"), growth).leakyRelu();
      Symbol x3 = x.concatChannels(x1, x2).conv3x3(dense.at("conv3"), growth).leakyRelu();
      Symbol x4 = x.concatChannels(x1, x2, x3).conv3x3(dense.at("conv4"), growth).leakyRelu();
      Symbol x5 = x.concatChannels(x1, x2, x3, x4).conv3x3(dense.at("conv5"), x.channels());
      return x.plusScaled(x5, 0.2);
    }
  }
}
