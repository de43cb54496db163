package io.stablesr.degrade;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a preset of its complete configuration. */
final class PresetReader {
  private PresetReader() {}

  static DegradationPreset read(String name, Config conf) {
    try {
      return new DegradationPreset(
          name,
          sharpening(conf),
          stage(conf, "first."),
          stage(conf, "second."),
          new DegradationPreset.Ending(
              conf.getDouble("last.sinc-probability"),
              conf.getDouble("last.jpeg-last-probability"),
              modes(conf, "last.modes"),
              Words.parse(Rounding.class, "last.rounding", conf.getString("last.rounding"))),
          conf.getDouble("clean-probability"),
          Words.parse(JpegCodec.class, "jpeg-codec", conf.getString("jpeg-codec")));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The degradation preset %s cannot be used: %s.".formatted(name, e.getMessage()),
          e);
    }
  }

  private static Optional<Sharpening> sharpening(Config conf) {
    return conf.hasPath("sharpening")
        ? Optional.of(
            new Sharpening(
                conf.getDouble("sharpening.weight"),
                conf.getInt("sharpening.radius"),
                conf.getDouble("sharpening.threshold-levels")))
        : Optional.empty();
  }

  private static StagePreset stage(Config conf, String prefix) {
    return new StagePreset(
        conf.getDouble(prefix + "blur.probability"),
        kernel(conf, prefix + "blur."),
        new StagePreset.Resizing(
            conf.getDouble(prefix + "resize.up"),
            conf.getDouble(prefix + "resize.down"),
            conf.getDouble(prefix + "resize.keep"),
            range(conf, prefix + "resize.factor"),
            modes(conf, prefix + "resize.modes")),
        new StagePreset.Noise(
            conf.getDouble(prefix + "noise.probability"),
            conf.getDouble(prefix + "noise.gaussian-probability"),
            range(conf, prefix + "noise.sigma-levels"),
            range(conf, prefix + "noise.poisson-scale"),
            conf.getDouble(prefix + "noise.grey-probability")),
        new StagePreset.Jpeg(
            conf.getDouble(prefix + "jpeg.probability"), range(conf, prefix + "jpeg.quality")));
  }

  private static KernelPreset kernel(Config conf, String prefix) {
    Map<KernelFamily, Double> families = new EnumMap<>(KernelFamily.class);
    for (KernelFamily family : KernelFamily.values()) {
      families.put(family, conf.getDouble(prefix + "families." + Words.of(family)));
    }
    return new KernelPreset(
        conf.getInt(prefix + "min-size"),
        conf.getInt(prefix + "max-size"),
        conf.getDouble(prefix + "sinc-probability"),
        families,
        range(conf, prefix + "sigma"),
        range(conf, prefix + "generalized-beta"),
        range(conf, prefix + "plateau-beta"));
  }

  private static List<ResizeMode> modes(Config conf, String key) {
    return conf.getStringList(key).stream()
        .map(word -> Words.parse(ResizeMode.class, key, word))
        .toList();
  }

  private static Range range(Config conf, String key) {
    List<Double> ends = conf.getDoubleList(key);
    if (ends.size() != 2) {
      throw new IllegalArgumentException("%s needs two numbers, got %s".formatted(key, ends));
    }
    return new Range(ends.get(0), ends.get(1));
  }
}
