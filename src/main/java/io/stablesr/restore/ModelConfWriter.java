package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import io.stablesr.core.Words;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.ConditionEncoderConfig;
import io.stablesr.network.TextEncoderConfig;
import io.stablesr.network.UnetConfig;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Source;

/** Writes the text that {@link ModelConf} reads back to the same description. */
final class ModelConfWriter {
  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  private ModelConfWriter() {}

  /** The text of a {@code model.conf}. */
  static String text(ModelDescription model) {
    ModelConfWriter writer = new ModelConfWriter();
    writer.write(model);
    return writer.text.toString();
  }

  private void write(ModelDescription model) {
    value("format", ModelConf.FORMAT);
    string("name", model.name());
    string("licence", model.licence());
    list("files", () -> model.files().forEach(this::file));
    if (!model.sources().isEmpty()) {
      list("sources", () -> model.sources().forEach(this::source));
    }
    group("architecture", () -> architecture(model.architecture()));
    parameterization(model.parameterization());
    value("latent-scale", model.latentScale());
    string("posterior", Words.of(model.posterior()));
    group(
        "schedule",
        () -> {
          value("linear-start", model.linearStart());
          value("linear-end", model.linearEnd());
        });
    value("tile-latents", model.tileLatents());
    model.nullContext().ifPresent(key -> string("null-context", key));
    group(
        "geometry",
        () -> {
          value("minimum-pixels", model.geometry().minimumPixels());
          value("border-pixels", model.geometry().borderPixels());
          value("multiple-pixels", model.geometry().multiplePixels());
        });
    defaults(model.defaults());
  }

  private void file(BundleFile file) {
    group(
        "",
        () -> {
          string("name", file.name());
          value("bytes", file.bytes());
          string("sha256", file.sha256());
        });
  }

  private void source(Source source) {
    group(
        "",
        () -> {
          string("name", source.name());
          string("sha256", source.sha256());
        });
  }

  private void architecture(Architecture architecture) {
    group("unet", () -> unet(architecture.unet()));
    group("condition-encoder", () -> conditionEncoder(architecture.conditionEncoder()));
    group("autoencoder", () -> autoencoder(architecture.autoencoder()));
    architecture.textEncoder().ifPresent(text -> group("text-encoder", () -> textEncoder(text)));
  }

  private void unet(UnetConfig unet) {
    value("latent-channels", unet.latentChannels());
    value("model-channels", unet.modelChannels());
    value("channel-multipliers", unet.channelMultipliers());
    value("residual-blocks", unet.residualBlocks());
    value("attention-factors", unet.attentionFactors());
    value("head-channels", unet.headChannels());
    value("context-width", unet.contextWidth());
    value("condition-channels", unet.conditionChannels());
    value("modulation-hidden", unet.modulationHidden());
    value("norm-groups", unet.normGroups());
    value("feed-forward-multiplier", unet.feedForwardMultiplier());
  }

  private void conditionEncoder(ConditionEncoderConfig encoder) {
    value("latent-channels", encoder.latentChannels());
    value("model-channels", encoder.modelChannels());
    value("out-channels", encoder.outChannels());
    value("channel-multipliers", encoder.channelMultipliers());
    value("residual-blocks", encoder.residualBlocks());
    value("attention-factors", encoder.attentionFactors());
    value("heads", encoder.heads());
    value("norm-groups", encoder.normGroups());
  }

  private void autoencoder(AutoencoderConfig autoencoder) {
    value("channels", autoencoder.channels());
    value("channel-multipliers", autoencoder.channelMultipliers());
    value("residual-blocks", autoencoder.residualBlocks());
    value("latent-channels", autoencoder.latentChannels());
    string("middle-attention", Words.of(autoencoder.middleAttention()));
    value("norm-groups", autoencoder.normGroups());
    value("fusion-blocks", autoencoder.fusionBlocks());
    value("fusion-growth", autoencoder.fusionGrowth());
  }

  private void textEncoder(TextEncoderConfig encoder) {
    value("width", encoder.width());
    value("layers", encoder.layers());
    value("heads", encoder.heads());
    value("vocabulary", encoder.vocabulary());
    value("context-length", encoder.contextLength());
  }

  private void parameterization(Parameterization parameterization) {
    if (parameterization instanceof Parameterization.LrResidual residual) {
      string("parameterization", "lr-residual");
      value("residual-scale", residual.residualScale());
    } else {
      string("parameterization", parameterization instanceof Parameterization.V ? "v" : "eps");
    }
  }

  private void defaults(Config defaults) {
    if (!defaults.isEmpty()) {
      ConfigRenderOptions options =
          ConfigRenderOptions.defaults().setOriginComments(false).setJson(false);
      text.append("defaults {\n");
      defaults.root().render(options).lines().forEach(line -> text.append("  " + line + "\n"));
      text.append("}\n");
    }
  }

  private void group(String name, Runnable content) {
    enclosed(name.isEmpty() ? "{" : name + " {", content, "}");
  }

  private void list(String name, Runnable content) {
    enclosed(name + " = [", content, "]");
  }

  private void enclosed(String opening, Runnable content, String closing) {
    String outer = indent;
    text.append(outer).append(opening).append('\n');
    indent = outer + "  ";
    content.run();
    indent = outer;
    text.append(outer).append(closing).append('\n');
  }

  private void string(String key, String value) {
    value(key, ConfigUtil.quoteString(value));
  }

  private void value(String key, Object value) {
    text.append(indent).append(key).append(" = ").append(value).append('\n');
  }
}
