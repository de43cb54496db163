package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.TextEncoderConfig;
import io.stablesr.network.UnetConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The hyper-parameters in {@code config.json}, in the words of the published configuration files;
 * what is not said there is as in the published model.
 */
final class ModelConfig {
  /** The file's name. */
  static final String FILE = "config.json";

  private static final double SCALE_FACTOR = 0.18215;

  private final JsonObject root;

  ModelConfig(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      root =
          Files.exists(file)
              ? JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8))
                  .getAsJsonObject()
              : new JsonObject();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Latent = scale factor * posterior sample. */
  float scaleFactor() {
    return root.has("scale_factor") ? root.get("scale_factor").getAsFloat() : (float) SCALE_FACTOR;
  }

  Architecture architecture(Weights weights) {
    return new Architecture(unet(), conditionEncoder(), autoencoder(), textEncoder(weights));
  }

  private UnetConfig unet() {
    UnetConfig official = UnetConfig.OFFICIAL;
    JsonObject json = section("unet");
    return new UnetConfig(
        number(json, "in_channels", official.latentChannels()),
        number(json, "model_channels", official.modelChannels()),
        numbers(json, "channel_mult", official.channelMultipliers()),
        number(json, "num_res_blocks", official.residualBlocks()),
        numbers(json, "attention_resolutions", official.attentionFactors()),
        number(json, "num_head_channels", official.headChannels()),
        number(json, "context_dim", official.contextWidth()),
        number(json, "semb_channels", official.conditionChannels()),
        official.modulationHidden(),
        official.normGroups(),
        official.feedForwardMultiplier());
  }

  private ConditionEncoderConfig conditionEncoder() {
    ConditionEncoderConfig official = ConditionEncoderConfig.OFFICIAL;
    JsonObject json = section("structcond");
    return new ConditionEncoderConfig(
        number(json, "in_channels", official.latentChannels()),
        number(json, "model_channels", official.modelChannels()),
        number(json, "out_channels", official.outChannels()),
        numbers(json, "channel_mult", official.channelMultipliers()),
        number(json, "num_res_blocks", official.residualBlocks()),
        numbers(json, "attention_resolutions", official.attentionFactors()),
        number(json, "num_heads", official.heads()),
        official.normGroups());
  }

  private AutoencoderConfig autoencoder() {
    AutoencoderConfig official = AutoencoderConfig.OFFICIAL;
    JsonObject json = section("first_stage_ddconfig");
    return new AutoencoderConfig(
        number(json, "ch", official.channels()),
        numbers(json, "ch_mult", official.channelMultipliers()),
        number(json, "num_res_blocks", official.residualBlocks()),
        number(json, "z_channels", official.latentChannels()),
        official.middleAttention(),
        official.normGroups(),
        official.fusionBlocks(),
        official.fusionGrowth());
  }

  private Optional<TextEncoderConfig> textEncoder(Weights weights) {
    TextEncoderConfig official = TextEncoderConfig.OFFICIAL;
    JsonObject json = section("txt");
    return Optional.of(
        new TextEncoderConfig(
            number(json, "width", official.width()),
            number(json, "layers", official.layers()),
            number(json, "heads", official.heads()),
            rows(weights, "cond_stage_model.model.token_embedding.weight", official.vocabulary()),
            rows(
                weights, "cond_stage_model.model.positional_embedding", official.contextLength())));
  }

  private static int rows(Weights weights, String key, int otherwise) {
    return weights.find(key).map(tensor -> Math.toIntExact(tensor.shape()[0])).orElse(otherwise);
  }

  private JsonObject section(String name) {
    return root.has(name) ? root.getAsJsonObject(name) : new JsonObject();
  }

  private static int number(JsonObject json, String key, int otherwise) {
    return json.has(key) ? json.get(key).getAsInt() : otherwise;
  }

  private static List<Integer> numbers(JsonObject json, String key, List<Integer> otherwise) {
    if (!json.has(key)) {
      return otherwise;
    }
    List<Integer> values = new ArrayList<>();
    JsonArray array = json.getAsJsonArray(key);
    for (JsonElement value : array) {
      values.add(value.getAsInt());
    }
    return values;
  }
}
