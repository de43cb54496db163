package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys a {@code model.conf} may have. A key that nobody reads is a mistake: a misspelt optional
 * key would otherwise change the pictures in silence.
 */
final class ModelConfKeys {
  /** Checked against {@code reference.conf} by whoever reads the settings. */
  private static final String DEFAULTS = "defaults";

  private static final Set<String> KNOWN =
      Set.of(
          "format",
          "name",
          "licence",
          "parameterization",
          "residual-scale",
          "latent-scale",
          "posterior",
          "schedule.linear-start",
          "schedule.linear-end",
          "tile-latents",
          "geometry.minimum-pixels",
          "geometry.border-pixels",
          "geometry.multiple-pixels",
          "null-context",
          "files.name",
          "files.bytes",
          "files.sha256",
          "sources.name",
          "sources.sha256",
          DEFAULTS,
          "architecture.unet.latent-channels",
          "architecture.unet.model-channels",
          "architecture.unet.channel-multipliers",
          "architecture.unet.residual-blocks",
          "architecture.unet.attention-factors",
          "architecture.unet.head-channels",
          "architecture.unet.context-width",
          "architecture.unet.condition-channels",
          "architecture.unet.modulation-hidden",
          "architecture.unet.norm-groups",
          "architecture.unet.feed-forward-multiplier",
          "architecture.condition-encoder.latent-channels",
          "architecture.condition-encoder.model-channels",
          "architecture.condition-encoder.out-channels",
          "architecture.condition-encoder.channel-multipliers",
          "architecture.condition-encoder.residual-blocks",
          "architecture.condition-encoder.attention-factors",
          "architecture.condition-encoder.heads",
          "architecture.condition-encoder.norm-groups",
          "architecture.autoencoder.channels",
          "architecture.autoencoder.channel-multipliers",
          "architecture.autoencoder.residual-blocks",
          "architecture.autoencoder.latent-channels",
          "architecture.autoencoder.middle-attention",
          "architecture.autoencoder.norm-groups",
          "architecture.autoencoder.fusion-blocks",
          "architecture.autoencoder.fusion-growth",
          "architecture.text-encoder.width",
          "architecture.text-encoder.layers",
          "architecture.text-encoder.heads",
          "architecture.text-encoder.vocabulary",
          "architecture.text-encoder.context-length");

  private ModelConfKeys() {}

  /** Fails with the first unknown key and the nearest known one. */
  static void check(Config conf, String where) {
    check("", conf.root(), where);
  }

  private static void check(String prefix, ConfigObject object, String where) {
    for (String key : new TreeSet<>(object.keySet())) {
      String path = prefix + key;
      ConfigValue value = object.get(key);
      if (value instanceof ConfigObject group && isGroup(path)) {
        check(path + ".", group, where);
      } else if (value instanceof ConfigList list && isGroup(path)) {
        for (ConfigValue entry : list) {
          if (entry instanceof ConfigObject group) {
            check(path + ".", group, where);
          }
        }
      } else if (!KNOWN.contains(path) && !isGroup(path)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Key '%s' in %s is unknown; the nearest known key is '%s'."
                .formatted(path, where, NearestName.of(path, KNOWN)));
      }
    }
  }

  private static boolean isGroup(String path) {
    return KNOWN.stream().anyMatch(known -> known.startsWith(path + "."));
  }
}
