package io.stablesr.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.Digests;
import io.stablesr.core.StableSrException;
import io.stablesr.job.Parameters;
import io.stablesr.job.SettingKey;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.MethodFactory;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.UpscaleMethod;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.restore.faces.FaceSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Turns the grids of a sweep into configurations; equal ones of several grids are one. */
public final class SweepPlanner {
  /** Method of this program's own results. */
  public static final String PRODUCT = "stablesr";

  private static final String SEED = "upscale.seed";

  /** Settings of networks that sample, by their key in the sweep's file. */
  private static final Map<String, String> SAMPLED =
      Map.of("steps", "sampling.steps", "eta", "sampling.eta", "seed", SEED);

  private static final Set<String> VARIABLE = Set.of("model", "upscale", "sampling", "compat");
  private static final Set<String> DEVICE =
      Set.of("model.device", "model.threads", "model.small-call-gflop", "model.replay");
  private static final Set<String> OF_THE_SWEEP = Set.of("output", "degrade", "demo");

  private final SettingKeys keys;
  private final UpscalerFactory factory;
  private final SweepFile file;
  private final List<SettingsLayer> layers;

  /**
   * @param stronger settings that lie over those of the file, but under those of a grid
   * @param weaker settings that lie under those of the file
   */
  public SweepPlanner(
      SettingKeys keys,
      UpscalerFactory factory,
      SweepFile file,
      List<SettingsLayer> stronger,
      List<SettingsLayer> weaker) {
    this.keys = keys;
    this.factory = factory;
    this.file = file;
    this.layers = new ArrayList<>(stronger);
    layers.add(new SettingsLayer("sweep.settings", file.settings()));
    layers.addAll(weaker);
  }

  /** The settings without those of a grid. */
  public Settings common() {
    for (SettingsLayer layer : layers) {
      for (String block : layer.values().root().keySet()) {
        if (OF_THE_SWEEP.contains(block)) {
          throw SweepFileReader.error(
              "The block %s (%s) is not for sweeps, which choose places and formats themselves."
                  .formatted(block, layer.origin()));
        }
      }
      for (String path : List.of("job.input", "job.output")) {
        if (layer.values().hasPath(path)) {
          throw SweepFileReader.error(
              "%s (%s) is not for sweeps: sets are in sweep.data-sets, the output is --output."
                  .formatted(path, layer.origin()));
        }
      }
    }
    return settings(layers);
  }

  /**
   * All configurations: those of the grids, then baselines, then other methods.
   *
   * @throws io.stablesr.core.StableSrException CONFIG for a setting that does not exist, has an
   *     impossible value or cannot be varied
   */
  public List<SweepConfiguration> plan() {
    Settings common = common();
    List<SweepConfiguration> all = new ArrayList<>(products());
    for (String baseline : file.baselines()) {
      all.add(baseline(baseline, Map.of("model.method", baseline), common.values()));
    }
    file.networks()
        .forEach(
            (name, network) ->
                all.add(baseline(name, network(network, common.values()), common.values())));
    file.externals()
        .forEach(
            (method, folders) -> {
              requireKnownSets(method, folders.keySet());
              String id = shortDigest("external " + method);
              all.add(
                  new SweepConfiguration(
                      SweepConfiguration.Kind.EXTERNAL,
                      method,
                      Map.of(),
                      id,
                      id,
                      OptionalLong.empty(),
                      Optional.empty(),
                      Map.of(),
                      folders,
                      Set.of()));
            });
    if (all.isEmpty()) {
      throw SweepFileReader.error(
          "The sweep has nothing to do: sweep.grids, sweep.baselines and sweep.external are empty.");
    }
    requireDistinct(all);
    return all;
  }

  private void requireKnownSets(String method, Set<String> sets) {
    for (String set : sets) {
      if (file.dataSets().stream().noneMatch(known -> known.name().equals(set))) {
        throw SweepFileReader.error(
            "sweep.external.%s names the data set '%s', which is not in sweep.data-sets."
                .formatted(method, set));
      }
    }
  }

  private static void requireDistinct(List<SweepConfiguration> all) {
    Set<String> methods = new HashSet<>(Set.of(PRODUCT));
    for (SweepConfiguration configuration : all) {
      if (configuration.kind() != SweepConfiguration.Kind.PRODUCT
          && !methods.add(configuration.method())) {
        throw SweepFileReader.error(
            "Two methods are called '%s'; give the external one another name."
                .formatted(configuration.method()));
      }
    }
  }

  /** A point of a grid on its way to a configuration. */
  private record Point(Config settings, Parameters parameters, long seed, Set<String> grids) {}

  private List<SweepConfiguration> products() {
    Map<String, Point> points = new LinkedHashMap<>();
    Map<ModelSettings, String> modelIds = new HashMap<>();
    Set<String> axes = new LinkedHashSet<>();
    Map<String, String> faces =
        SettingsReader.faces(common().values()).map(FaceSettings::parameters).orElse(Map.of());
    for (Grid grid : file.grids()) {
      grid.axes().keySet().forEach(path -> requireVariable(path, grid));
      axes.addAll(grid.axes().keySet());
      for (Map<String, String> values : grid.points()) {
        Point point = point(grid, values, modelIds, faces);
        points
            .computeIfAbsent(point.parameters().digest(), digest -> point)
            .grids()
            .add(grid.name());
      }
    }
    List<String> varying = varying(axes, points.values().stream().map(Point::settings).toList());
    List<SweepConfiguration> configurations = new ArrayList<>();
    points.forEach(
        (digest, point) ->
            configurations.add(
                new SweepConfiguration(
                    SweepConfiguration.Kind.PRODUCT,
                    PRODUCT,
                    varied(varying, point.settings()),
                    digest.substring(0, 16),
                    withoutSeed(point.parameters()),
                    OptionalLong.of(point.seed()),
                    Optional.of(point.settings()),
                    point.parameters().values(),
                    Map.of(),
                    point.grids())));
    return configurations;
  }

  private void requireVariable(String path, Grid grid) {
    String block = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
    boolean device = DEVICE.contains(path);
    boolean known = keys.all().stream().anyMatch(key -> key.path().equals(path));
    // What is unknown gets a better sentence from the settings themselves.
    if (known && (!VARIABLE.contains(block) || device)) {
      throw SweepFileReader.error(
          "The grid %s varies %s, which does not change pictures; only settings of model, upscale, sampling and compat can be varied."
              .formatted(grid.name(), path));
    }
  }

  /**
   * @param modelIds those known already: network files are hashed for one
   */
  private Point point(
      Grid grid,
      Map<String, String> values,
      Map<ModelSettings, String> modelIds,
      Map<String, String> faces) {
    List<SettingsLayer> all = new ArrayList<>();
    all.add(new SettingsLayer("grid " + grid.name(), SettingsLayer.ofCommandLine(values).values()));
    all.addAll(layers);
    Config settings = settings(all).values();
    UpscaleOptions options;
    ModelSettings model;
    try {
      options = SettingsReader.upscale(settings);
      model = SettingsReader.model(settings);
    } catch (StableSrException e) {
      throw new StableSrException(
          e.code(),
          "The grid %s with %s cannot be: %s".formatted(grid.name(), values, e.getMessage()),
          e);
    }
    Parameters parameters =
        Parameters.of(
                // The number type plays no part in it.
                modelIds.computeIfAbsent(
                    model.withDtype(ModelDtype.FP32), any -> factory.describe(any).modelId()),
                model.dtype(),
                options,
                SettingsReader.job(settings))
            .and(faces);
    return new Point(settings, parameters, options.seed(), new LinkedHashSet<>());
  }

  private Settings settings(List<SettingsLayer> all) {
    return Settings.of(keys, all, bundle -> factory.describe(bundle).defaults());
  }

  /** Settings that differ between configurations, in the order of the reference. */
  private List<String> varying(Set<String> axes, List<Config> settings) {
    return keys.all().stream()
        .map(SettingKey::path)
        .filter(path -> axes.contains(path) && !path.equals(SEED))
        .filter(path -> settings.stream().map(s -> shown(s, path)).distinct().count() > 1)
        .toList();
  }

  private static Map<String, String> varied(List<String> varying, Config settings) {
    Map<String, String> varied = new LinkedHashMap<>();
    for (String path : varying) {
      varied.put(path.substring(path.lastIndexOf('.') + 1), shown(settings, path));
    }
    return varied;
  }

  /** Numbers in one way of writing, whoever wrote them: 1 for 1.0. */
  private static String shown(Config settings, String path) {
    String text = settings.getString(path);
    return text.matches("-?\\d{1,18}(\\.\\d{1,18})?")
        ? new BigDecimal(text).stripTrailingZeros().toPlainString()
        : text;
  }

  private static String withoutSeed(Parameters parameters) {
    Map<String, String> values = new TreeMap<>(parameters.values());
    values.remove(SEED);
    return new Parameters(values).digest().substring(0, 16);
  }

  /** Takes from the settings what it uses, so that no other makes it another baseline. */
  private SweepConfiguration baseline(String name, Map<String, String> method, Config common) {
    Map<String, String> used = new LinkedHashMap<>(method);
    used.put("model.bundle", name);
    used.put("upscale.scale", common.getString("upscale.scale"));
    used.put("compat.pixel-rounding", common.getString("compat.pixel-rounding"));
    Config settings =
        Settings.of(
                keys,
                List.of(new SettingsLayer("baseline", SettingsLayer.ofCommandLine(used).values())),
                bundle -> ConfigFactory.empty())
            .values();
    for (String block : List.of("job", "store", "spark", "input")) {
      settings = settings.withValue(block, common.getValue(block));
    }
    Parameters parameters =
        Parameters.of(
            new MethodFactory().describe(SettingsReader.model(settings)).modelId(),
            SettingsReader.model(settings).dtype(),
            SettingsReader.upscale(settings),
            SettingsReader.job(settings));
    String id = parameters.digest().substring(0, 16);
    Map<String, String> shown = new TreeMap<>(parameters.values());
    shown.keySet().retainAll(shown(SettingsReader.model(settings).method()));
    return new SweepConfiguration(
        SweepConfiguration.Kind.BASELINE,
        name,
        Map.of(),
        id,
        id,
        OptionalLong.empty(),
        Optional.of(settings),
        shown,
        Map.of(),
        Set.of());
  }

  /** Parameters that decide the pixels of a baseline. */
  private static Set<String> shown(UpscaleMethod method) {
    Set<String> shown = new HashSet<>(Set.of("model", "upscale.scale", "compat.pixel-rounding"));
    if (method.isNetwork()) {
      shown.add("model.dtype");
    }
    if (method == UpscaleMethod.LDM) {
      shown.add("sampling.sampler");
      shown.addAll(SAMPLED.values());
    }
    return shown;
  }

  /** What of the settings a network uses beside what all baselines use. */
  private static Map<String, String> network(Map<String, String> network, Config common) {
    Map<String, String> used = new LinkedHashMap<>();
    for (String path :
        List.of("model.dtype", "model.device", "model.threads", "upscale.vae-tile-pixels")) {
      used.put(path, common.getString(path));
    }
    network.forEach((key, value) -> used.put(SAMPLED.getOrDefault(key, "model." + key), value));
    return used;
  }

  private static String shortDigest(String text) {
    return Digests.sha256(text).substring(0, 16);
  }
}
