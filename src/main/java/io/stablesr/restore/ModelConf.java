package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.AutoencoderConfig.MiddleAttention;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.TextEncoderConfig;
import io.stablesr.network.UnetConfig;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Posterior;
import io.stablesr.restore.ModelDescription.Source;
import java.util.List;
import java.util.Optional;

/** Reads {@code model.conf}, the description of a bundle (docs/bundles.md). */
final class ModelConf {
  /** The one format there is. */
  static final int FORMAT = 1;

  private ModelConf() {}

  /** Parses the text of a {@code model.conf}; {@code where} is named in messages. */
  static ModelDescription parse(String text, String where) {
    try {
      Config conf =
          ConfigFactory.parseString(
              text, ConfigParseOptions.defaults().setOriginDescription(where));
      int format = conf.getInt("format");
      if (format != FORMAT) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "%s has format %d; this version reads format %d.".formatted(where, format, FORMAT));
      }
      ModelConfKeys.check(conf, where);
      return description(conf);
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s cannot be used: %s".formatted(where, e.getMessage()), e);
    }
  }

  private static ModelDescription description(Config conf) {
    Config geometry = conf.getConfig("geometry");
    return new ModelDescription(
        conf.getString("name"),
        conf.getString("licence"),
        architecture(conf.getConfig("architecture")),
        parameterization(conf),
        conf.getDouble("latent-scale"),
        word(Posterior.class, conf, "posterior"),
        conf.getDouble("schedule.linear-start"),
        conf.getDouble("schedule.linear-end"),
        conf.getInt("tile-latents"),
        new WorkGeometry(
            geometry.getInt("minimum-pixels"),
            geometry.getInt("border-pixels"),
            geometry.getInt("multiple-pixels")),
        conf.hasPath("null-context")
            ? Optional.of(conf.getString("null-context"))
            : Optional.empty(),
        conf.getConfigList("files").stream().map(ModelConf::file).toList(),
        conf.hasPath("sources")
            ? conf.getConfigList("sources").stream()
                .map(source -> new Source(source.getString("name"), source.getString("sha256")))
                .toList()
            : List.of(),
        conf.hasPath("defaults") ? conf.getConfig("defaults") : ConfigFactory.empty());
  }

  /** An entry of {@code files}. */
  static BundleFile file(Config conf) {
    return new BundleFile(conf.getString("name"), conf.getLong("bytes"), conf.getString("sha256"));
  }

  private static Architecture architecture(Config conf) {
    Config unet = conf.getConfig("unet");
    Config encoder = conf.getConfig("condition-encoder");
    Config autoencoder = conf.getConfig("autoencoder");
    return new Architecture(
        new UnetConfig(
            unet.getInt("latent-channels"),
            unet.getInt("model-channels"),
            unet.getIntList("channel-multipliers"),
            unet.getInt("residual-blocks"),
            unet.getIntList("attention-factors"),
            unet.getInt("head-channels"),
            unet.getInt("context-width"),
            unet.getInt("condition-channels"),
            unet.getInt("modulation-hidden"),
            unet.getInt("norm-groups"),
            unet.getInt("feed-forward-multiplier")),
        new ConditionEncoderConfig(
            encoder.getInt("latent-channels"),
            encoder.getInt("model-channels"),
            encoder.getInt("out-channels"),
            encoder.getIntList("channel-multipliers"),
            encoder.getInt("residual-blocks"),
            encoder.getIntList("attention-factors"),
            encoder.getInt("heads"),
            encoder.getInt("norm-groups")),
        new AutoencoderConfig(
            autoencoder.getInt("channels"),
            autoencoder.getIntList("channel-multipliers"),
            autoencoder.getInt("residual-blocks"),
            autoencoder.getInt("latent-channels"),
            word(MiddleAttention.class, autoencoder, "middle-attention"),
            autoencoder.getInt("norm-groups"),
            autoencoder.getInt("fusion-blocks"),
            autoencoder.getInt("fusion-growth")),
        conf.hasPath("text-encoder")
            ? Optional.of(textEncoder(conf.getConfig("text-encoder")))
            : Optional.empty());
  }

  private static TextEncoderConfig textEncoder(Config conf) {
    return new TextEncoderConfig(
        conf.getInt("width"),
        conf.getInt("layers"),
        conf.getInt("heads"),
        conf.getInt("vocabulary"),
        conf.getInt("context-length"));
  }

  private static Parameterization parameterization(Config conf) {
    String name = conf.getString("parameterization");
    return switch (name) {
      case "eps" -> new Parameterization.Eps();
      case "v" -> new Parameterization.V();
      case "lr-residual" -> new Parameterization.LrResidual(conf.getDouble("residual-scale"));
      default ->
          throw new StableSrException(
              ErrorCode.CONFIG,
              "parameterization is '%s'; it must be eps, v or lr-residual.".formatted(name));
    };
  }

  private static <E extends Enum<E>> E word(Class<E> type, Config conf, String path) {
    return Words.parse(type, path, conf.getString(path));
  }
}
