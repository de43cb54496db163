package io.stablesr.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.MetricKind;
import io.stablesr.metric.MetricSet;
import io.stablesr.metric.TileBorders;
import io.stablesr.restore.UpscaleMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the configuration file of a sweep; a key that is not known is an error. */
public final class SweepFileReader {
  private static final Set<String> BASELINES = Set.of("bicubic", "lanczos");

  private final Path file;

  private SweepFileReader(Path file) {
    this.file = file;
  }

  /**
   * Reads the block {@code sweep} of a file.
   *
   * @throws StableSrException CONFIG naming the key
   */
  public static SweepFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw error("The sweep file %s does not exist.".formatted(file));
    }
    try {
      Config parsed = ConfigFactory.parseFile(file.toFile()).resolve();
      return new SweepFileReader(file).file(parsed);
    } catch (ConfigException e) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The sweep file %s cannot be read: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  static StableSrException error(String sentence) {
    return new StableSrException(ErrorCode.CONFIG, sentence);
  }

  /** Texts and numbers beside the block are for substitutions; another block is a mistake. */
  private SweepFile file(Config parsed) {
    for (Map.Entry<String, ConfigValue> entry : parsed.root().entrySet()) {
      if (entry.getValue() instanceof ConfigObject && !entry.getKey().equals("sweep")) {
        throw error(
            "Block '%s' in %s is outside of the block 'sweep { ... }'; move it inside."
                .formatted(entry.getKey(), file));
      }
    }
    return sweep(block(parsed, "sweep"));
  }

  private SweepFile sweep(Config sweep) {
    requireKeys(
        "sweep.",
        sweep,
        Set.of(
            "data-sets",
            "limit",
            "settings",
            "grids",
            "baselines",
            "networks",
            "external",
            "metrics",
            "compare-with",
            "tables"));
    return new SweepFile(
        dataSets(block(sweep, "data-sets")),
        sweep.hasPath("limit") ? sweep.getInt("limit") : 0,
        block(sweep, "settings"),
        grids(block(sweep, "grids")),
        baselines(texts(sweep, "baselines")),
        networks(block(sweep, "networks")),
        externals(block(sweep, "external")),
        metrics(block(sweep, "metrics")),
        text(sweep, "compare-with"),
        tables(block(sweep, "tables")));
  }

  private List<DataSet> dataSets(Config block) {
    List<DataSet> sets = new ArrayList<>();
    for (String name : names(block)) {
      Config set = block(block, ConfigUtil.quoteString(name));
      requireKeys(
          "sweep.data-sets." + name + ".", set, Set.of("path", "low", "reference", "optional"));
      sets.add(
          new DataSet(
              name,
              texts(set, "path"),
              text(set, "low"),
              text(set, "reference"),
              set.hasPath("optional") && set.getBoolean("optional")
                  ? DataSet.Presence.OPTIONAL
                  : DataSet.Presence.REQUIRED));
    }
    return sets;
  }

  private List<Grid> grids(Config block) {
    List<Grid> grids = new ArrayList<>();
    for (String name : names(block)) {
      Map<String, List<String>> axes = new TreeMap<>();
      collect("", block.getObject(ConfigUtil.quoteString(name)), axes);
      grids.add(new Grid(name, axes));
    }
    return grids;
  }

  private static void collect(String prefix, ConfigObject object, Map<String, List<String>> axes) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String path = prefix + ConfigUtil.joinPath(entry.getKey());
      if (entry.getValue() instanceof ConfigObject group) {
        collect(path + ".", group, axes);
      } else {
        Config leaf = entry.getValue().atKey("values");
        List<String> values = texts(leaf, "values");
        if (values.isEmpty()) {
          throw error("The grid's setting %s has no value.".formatted(path));
        }
        axes.put(path, values);
      }
    }
  }

  private List<String> baselines(List<String> names) {
    for (String name : names) {
      if (!BASELINES.contains(name)) {
        throw error(
            "sweep.baselines has '%s'; there are %s."
                .formatted(name, String.join(" and ", new TreeSet<>(BASELINES))));
      }
    }
    return names;
  }

  private Map<String, Map<String, String>> networks(Config block) {
    Map<String, Map<String, String>> networks = new LinkedHashMap<>();
    for (String name : names(block)) {
      Config network = block(block, ConfigUtil.quoteString(name));
      requireKeys(
          "sweep.networks." + name + ".",
          network,
          Set.of(
              "method",
              "weights",
              "weak-weights",
              "denoise-strength",
              "predictor-weights",
              "steps",
              "eta",
              "seed"));
      Map<String, String> settings = new LinkedHashMap<>();
      for (String key : names(network)) {
        settings.put(key, network.getString(key));
      }
      if (!settings.containsKey("method") || !settings.containsKey("weights")) {
        throw error(
            "sweep.networks.%s needs method (realesrgan, swinir, ldm, ...) and weights."
                .formatted(name));
      }
      if (!settings.get("method").equals(Words.of(UpscaleMethod.LDM))) {
        for (String key : List.of("steps", "eta", "seed")) {
          if (settings.containsKey(key)) {
            throw error(
                "sweep.networks.%s.%s is for the method ldm; %s does not sample."
                    .formatted(name, key, settings.get("method")));
          }
        }
      }
      networks.put(name, settings);
    }
    return networks;
  }

  private Map<String, Map<String, String>> externals(Config block) {
    Map<String, Map<String, String>> externals = new LinkedHashMap<>();
    for (String method : names(block)) {
      Config folders = block(block, ConfigUtil.quoteString(method));
      Map<String, String> bySet = new LinkedHashMap<>();
      for (String set : names(folders)) {
        bySet.put(set, folders.getString(ConfigUtil.quoteString(set)));
      }
      externals.put(method, Map.copyOf(bySet));
    }
    return externals;
  }

  private MetricChoice metrics(Config block) {
    requireKeys(
        "sweep.metrics.",
        block,
        Set.of("names", "color", "border", "weights", "tile", "tile-overlap"));
    List<MetricKind> kinds = new ArrayList<>();
    List<String> wanted =
        block.hasPath("names") ? texts(block, "names") : List.of("psnr", "ssim", "niqe-free");
    for (String name : wanted) {
      kinds.add(
          MetricKind.named(name)
              .orElseThrow(
                  () ->
                      error(
                          "sweep.metrics.names has '%s', which is no metric; the nearest is '%s'."
                              .formatted(name, NearestName.of(name, MetricKind.labels())))));
    }
    return new MetricChoice(
        kinds,
        new MetricSet.Protocol(
            color(text(block, "color").orElse("ycbcr")),
            block.hasPath("border") ? block.getInt("border") : 0,
            new TileBorders(
                block.hasPath("tile") ? block.getInt("tile") : TileBorders.STANDARD.tilePixels(),
                block.hasPath("tile-overlap")
                    ? block.getInt("tile-overlap")
                    : TileBorders.STANDARD.overlapPixels())),
        text(block, "weights").filter(folder -> !folder.isBlank()).map(Path::of));
  }

  private static MetricColor color(String word) {
    return switch (word) {
      case "ycbcr" -> MetricColor.YCBCR_LUMA;
      case "yiq" -> MetricColor.YIQ_LUMA;
      case "rgb" -> MetricColor.RGB;
      default ->
          throw error("sweep.metrics.color is '%s'; it must be ycbcr, yiq or rgb.".formatted(word));
    };
  }

  private List<TableLayout> tables(Config block) {
    List<TableLayout> tables = new ArrayList<>();
    for (String name : names(block)) {
      Config table = block(block, ConfigUtil.quoteString(name));
      requireKeys(
          "sweep.tables." + name + ".",
          table,
          Set.of("title", "grids", "methods", "columns", "published", "note"));
      tables.add(
          new TableLayout(
              text(table, "title").orElse(name),
              texts(table, "grids"),
              texts(table, "methods"),
              texts(table, "columns"),
              text(table, "published"),
              text(table, "note").orElse("")));
    }
    return tables;
  }

  /** The keys of a block in the order of the file. */
  private static List<String> names(Config block) {
    return block.root().entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<String, ConfigValue> entry) ->
                        entry.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Config block(Config config, String path) {
    return config.hasPath(path) ? config.getConfig(path) : ConfigFactory.empty();
  }

  private static Optional<String> text(Config config, String path) {
    return config.hasPath(path) ? Optional.of(config.getString(path)) : Optional.empty();
  }

  /** A list, or a single value as a list of one. */
  private static List<String> texts(Config config, String path) {
    if (!config.hasPath(path)) {
      return List.of();
    }
    return config.getValue(path).valueType() == ConfigValueType.LIST
        ? config.getStringList(path)
        : List.of(config.getString(path));
  }

  private void requireKeys(String prefix, Config config, Set<String> known) {
    for (String key : config.root().keySet()) {
      if (!known.contains(key)) {
        throw error(
            "Key '%s%s' in %s is unknown; the nearest known key is '%s%s'."
                .formatted(prefix, key, file, prefix, NearestName.of(key, known)));
      }
    }
  }
}
