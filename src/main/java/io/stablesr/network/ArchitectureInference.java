package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the architecture of a model in the official layout off the keys and shapes of its weights.
 * Only the numbers are found this way; whether every key is there with its shape is to be checked
 * afterwards against the recorded networks.
 */
public final class ArchitectureInference {
  private final KeyShapes keys;
  private final UnseenNumbers unseen;

  private ArchitectureInference(KeyShapes keys, UnseenNumbers unseen) {
    this.keys = keys;
    this.unseen = unseen;
  }

  /**
   * Finds the architecture.
   *
   * @param shapes shapes by official key: those of {@code stablesr_*.ckpt} and, at the root, those
   *     of {@code vqgan_cfw_*.ckpt}; other keys do not matter
   * @param unseen the numbers that shapes do not show
   * @throws StableSrException CHECKPOINT_KEYS when a key that decides a number is missing or has an
   *     impossible shape; CONFIG when an unseen number cannot be right for these widths
   */
  public static Architecture infer(Map<String, long[]> shapes, UnseenNumbers unseen) {
    ArchitectureInference inference = new ArchitectureInference(new KeyShapes(shapes), unseen);
    return new Architecture(
        inference.unet(),
        inference.conditionEncoder(),
        inference.autoencoder(),
        Optional.of(inference.textEncoder()));
  }

  private UnetConfig unet() {
    String scope = Unet.SCOPE.prefix();
    DownPath path = DownPath.of(keys, scope);
    String transformer = scope + ".middle_block.1.transformer_blocks.0.";
    String modulation = scope + ".input_blocks.1.0.spade.mlp_shared.0.weight";
    int middle = path.channels() * path.multipliers().get(path.multipliers().size() - 1);
    UnetConfig config =
        new UnetConfig(
            path.latentChannels(),
            path.channels(),
            path.multipliers(),
            path.residualBlocks(),
            path.attentionFactors(),
            unseen.headChannels(),
            keys.length(transformer + "attn2.to_k.weight", 1),
            keys.length(modulation, 1),
            keys.length(modulation, 0),
            unseen.normGroups(),
            keys.multiple(transformer + "ff.net.2.weight", 1, middle));
    for (int width : attended(config.levels(), config::attends, config::channels)) {
      requireSplit("--head-channels", unseen.headChannels(), "the UNet", width);
    }
    return config;
  }

  private ConditionEncoderConfig conditionEncoder() {
    String scope = ConditionEncoder.SCOPE.prefix();
    DownPath path = DownPath.of(keys, scope);
    ConditionEncoderConfig config =
        new ConditionEncoderConfig(
            path.latentChannels(),
            path.channels(),
            keys.length(scope + ".fea_tran.0.in_layers.2.weight", 0),
            path.multipliers(),
            path.residualBlocks(),
            path.attentionFactors(),
            unseen.encoderHeads(),
            unseen.normGroups());
    for (int width : attended(config.levels(), config::attends, config::channels)) {
      requireSplit("--encoder-heads", unseen.encoderHeads(), "the time-aware encoder", width);
    }
    return config;
  }

  private AutoencoderConfig autoencoder() {
    int channels = keys.length("encoder.conv_in.weight", 0);
    int levels = keys.count("encoder.down.");
    List<Integer> multipliers = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      String block = "encoder.down." + level + ".block.0.conv1.weight";
      multipliers.add(keys.multiple(block, 0, channels));
    }
    String fusion = "decoder.fusion_layer_1.encode_enc_2.";
    return new AutoencoderConfig(
        channels,
        multipliers,
        keys.count("encoder.down.0.block."),
        keys.length("post_quant_conv.weight", 0),
        keys.any("encoder.mid.attn_1.") ? MiddleAttention.SINGLE_HEAD : MiddleAttention.NONE,
        unseen.normGroups(),
        keys.count(fusion),
        keys.length(fusion + "0.rdb1.conv1.weight", 0));
  }

  private TextEncoderConfig textEncoder() {
    String scope = TextEncoder.SCOPE.prefix() + ".";
    int width = keys.length(scope + "token_embedding.weight", 1);
    requireSplit("--text-heads", unseen.textHeads(), "the text encoder", width);
    return new TextEncoderConfig(
        width,
        keys.count(scope + "transformer.resblocks."),
        unseen.textHeads(),
        keys.length(scope + "token_embedding.weight", 0),
        keys.length(scope + "positional_embedding", 0));
  }

  /** Widths of the attending levels and of the middle, which always attends. */
  private static List<Integer> attended(
      int levels,
      java.util.function.IntPredicate attends,
      java.util.function.IntUnaryOperator channels) {
    List<Integer> widths = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      if (attends.test(level) || level == levels - 1) {
        widths.add(channels.applyAsInt(level));
      }
    }
    return widths;
  }

  private static void requireSplit(String option, int value, String network, int width) {
    if (width % value != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s is %d, but %s attends over %d channels, which %d does not divide; the shapes do not show the number, so give the one the model was trained with."
              .formatted(option, value, network, width, value));
    }
  }
}
