package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.Graphs.Extent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Super-resolution by latent diffusion (Rombach et al. 2022, section 4.4; the model trained with
 * BSR degradations): a UNet that sees the low-resolution picture beside the noisy latent, which has
 * the same size, and an autoencoder whose latents are entries of a codebook.
 *
 * @param channels width of the UNet's first level, 160
 * @param channelMultipliers width of each level / first level, {@code 1,2,2,4}
 * @param residualBlocks residual blocks per level, 2
 * @param attentionFactors down-sampling factors whose blocks are followed by attention, 8; the
 *     middle always has one
 * @param autoencoder the autoencoder, f = 4 and 3 channels; its fusion is not there
 * @param codes entries of the codebook, 8192
 */
public record LatentDiffusionSr(
    int channels,
    List<Integer> channelMultipliers,
    int residualBlocks,
    List<Integer> attentionFactors,
    AutoencoderConfig autoencoder,
    int codes) {
  /** Groups of every normalisation; the shapes do not show it. */
  private static final int NORM_GROUPS = 32;

  private static final int COLOURS = 3;

  /** The published model. */
  public static final LatentDiffusionSr OFFICIAL =
      new LatentDiffusionSr(
          160,
          List.of(1, 2, 2, 4),
          2,
          List.of(8),
          new AutoencoderConfig(
              128, List.of(1, 2, 4), 2, 3, MiddleAttention.SINGLE_HEAD, NORM_GROUPS, 1, 1),
          8192);

  /** Where the UNet's weights stand in the file. */
  public static final Scope UNET = new Scope("model.diffusion_model");

  /** Where the autoencoder's weights stand in the file. */
  public static final String FIRST_STAGE = "first_stage_model.";

  /** The codebook {@code [codes,C]} among the autoencoder's weights. */
  public static final String CODEBOOK = "quantize.embedding.weight";

  /** Channels of an attention head; the shapes do not show it. */
  public static final int HEAD_CHANNELS = 32;

  /** Checks every value. */
  public LatentDiffusionSr {
    Checks.positive("ldm.channels", channels);
    channelMultipliers = Checks.multipliers("ldm.channel-multipliers", channelMultipliers);
    Checks.positive("ldm.residual-blocks", residualBlocks);
    attentionFactors = List.copyOf(attentionFactors);
    Checks.positive("ldm.codes", codes);
    Checks.divisible("ldm.channels", channels, "the groups of normalisations", NORM_GROUPS);
    Checks.divisible("ldm.channels", channels, "the channels of a head", HEAD_CHANNELS);
    if (autoencoder.latentChannels() != COLOURS) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "ldm.autoencoder.latent-channels is %d; a latent has %d, as many as a picture."
              .formatted(autoencoder.latentChannels(), COLOURS));
    }
  }

  /**
   * Reads the numbers off the shapes of a file's tensors. Whether every key is there with its shape
   * is to be checked afterwards.
   *
   * @throws StableSrException CHECKPOINT_KEYS when a key that decides a number is missing or has an
   *     impossible shape
   */
  public static LatentDiffusionSr infer(Map<String, long[]> shapes) {
    KeyShapes keys = new KeyShapes(shapes);
    DownPath path = DownPath.of(keys, UNET.prefix());
    if (path.latentChannels() != 2 * COLOURS) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "The UNet takes %d channels; that of x4 super-resolution takes %d: a latent of 3 and the low-resolution picture."
              .formatted(path.latentChannels(), 2 * COLOURS));
    }
    String decoder = FIRST_STAGE + "decoder.";
    int channels = keys.length(decoder + "up.0.block.0.conv1.weight", 0);
    List<Integer> multipliers = new ArrayList<>();
    for (int level = 0; level < keys.count(decoder + "up."); level++) {
      String block = decoder + "up.%d.block.0.conv1.weight".formatted(level);
      multipliers.add(keys.multiple(block, 0, channels));
    }
    return new LatentDiffusionSr(
        path.channels(),
        path.multipliers(),
        path.residualBlocks(),
        path.attentionFactors(),
        new AutoencoderConfig(
            channels,
            multipliers,
            Math.max(1, keys.count(decoder + "up.0.block.") - 1),
            keys.length(FIRST_STAGE + "post_quant_conv.weight", 1),
            keys.any(decoder + "mid.attn_1.") ? MiddleAttention.SINGLE_HEAD : MiddleAttention.NONE,
            NORM_GROUPS,
            1,
            1),
        keys.length(FIRST_STAGE + CODEBOOK, 0));
  }

  /** Side of the result / side of the input: a latent has the input's size. */
  public int scale() {
    return autoencoder.downsampling();
  }

  /** Number that height and width of the input have to be multiples of. */
  public int alignment() {
    return 1 << (channelMultipliers.size() - 1);
  }

  /** The decoder. */
  public AutoencoderGraphs decoder() {
    return new AutoencoderGraphs(autoencoder);
  }

  /** Shape of the codebook. */
  public long[] codebookShape() {
    return new long[] {codes, autoencoder.latentChannels()};
  }

  /**
   * The UNet: noisy latent {@code x [B,3,h,w]}, low-resolution picture {@code z [B,3,h,w]} in
   * -1..1, {@code t [1]} or {@code [B]} to the noise {@code out [B,3,h,w]}; h and w are multiples
   * of {@link #alignment}.
   */
  public Graph denoiser(Extent extent) {
    Recorder recorder = new Recorder("ldm-denoiser");
    int[] shape = {extent.batch(), COLOURS, extent.latentHeight(), extent.latentWidth()};
    Symbol latent = recorder.input("x", shape);
    Symbol picture = recorder.input("z", shape);
    Symbol timestep = recorder.input("t", 1);
    Symbol time =
        DiffusionBlocks.timeEmbedding(
            UNET.at("time_embed"), timestep.repeatBatch(latent), channels);
    Deque<Symbol> skips = new ArrayDeque<>();
    Symbol x = down(latent.concatChannels(picture), time, skips);
    x = middle(x, time);
    x = up(x, time, skips);
    x = x.groupNorm(UNET.at("out.0"), NORM_GROUPS, DiffusionBlocks.EPSILON).silu();
    recorder.output("out", x.conv3x3(UNET.at("out.2"), COLOURS));
    return recorder.finish();
  }

  private Symbol down(Symbol joined, Symbol time, Deque<Symbol> skips) {
    Scope blocks = UNET.at("input_blocks");
    int index = 0;
    Symbol x = joined.conv3x3(blocks.at(index++).at(0), channels);
    skips.push(x);
    for (int level = 0; level < channelMultipliers.size(); level++) {
      for (int block = 0; block < residualBlocks; block++) {
        x = block(blocks.at(index++), x, time, level);
        skips.push(x);
      }
      if (level < channelMultipliers.size() - 1) {
        x = DiffusionBlocks.downsample(blocks.at(index++).at(0), x);
        skips.push(x);
      }
    }
    return x;
  }

  private Symbol middle(Symbol x, Symbol time) {
    Scope scope = UNET.at("middle_block");
    int width = x.channels();
    Symbol h = DiffusionBlocks.residual(scope.at(0), x, time, width, NORM_GROUPS);
    h = DiffusionBlocks.attention(scope.at(1), h, width / HEAD_CHANNELS, NORM_GROUPS);
    return DiffusionBlocks.residual(scope.at(2), h, time, width, NORM_GROUPS);
  }

  private Symbol up(Symbol middle, Symbol time, Deque<Symbol> skips) {
    Scope blocks = UNET.at("output_blocks");
    Symbol x = middle;
    int index = 0;
    for (int level = channelMultipliers.size() - 1; level >= 0; level--) {
      for (int block = 0; block <= residualBlocks; block++) {
        Scope scope = blocks.at(index++);
        x = block(scope, x.concatChannels(skips.pop()), time, level);
        if (level > 0 && block == residualBlocks) {
          int part = attends(level) ? 2 : 1;
          x = x.upsampleNearest().conv3x3(scope.at(part).at("conv"), x.channels());
        }
      }
    }
    return x;
  }

  private Symbol block(Scope scope, Symbol x, Symbol time, int level) {
    int width = channels * channelMultipliers.get(level);
    Symbol h = DiffusionBlocks.residual(scope.at(0), x, time, width, NORM_GROUPS);
    return attends(level)
        ? DiffusionBlocks.attention(scope.at(1), h, width / HEAD_CHANNELS, NORM_GROUPS)
        : h;
  }

  private boolean attends(int level) {
    return attentionFactors.contains(1 << level);
  }

  /**
   * Names under which the file also holds the UNet's weights averaged over the training, by their
   * own: published samples are made with these.
   */
  public Map<String, String> averagedKeys() {
    Map<String, String> averaged = new HashMap<>();
    for (String key : denoiser(new Extent(1, alignment(), alignment())).parameters().keySet()) {
      averaged.put(key, "model_ema." + key.substring("model.".length()).replace(".", ""));
    }
    return averaged;
  }

  /** Whether a key of the official file is none that upscaling needs. */
  public static boolean isUnread(String key) {
    return OfficialKeys.scheduleBuffers().contains(key)
        || key.equals("logvar")
        || key.equals("model_ema.decay")
        || key.equals("model_ema.num_updates")
        || key.startsWith(FIRST_STAGE + "encoder.")
        || key.startsWith(FIRST_STAGE + "quant_conv.")
        || key.startsWith(FIRST_STAGE + "loss.");
  }
}
