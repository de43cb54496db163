package io.stablesr.sweep;

import com.typesafe.config.Config;
import io.stablesr.metric.MetricKind;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the configuration file of a sweep asks for.
 *
 * @param dataSets sets in the order of the file's names
 * @param imagesPerSet first pictures of each set that are taken, by name; 0 takes all
 * @param settings settings of all configurations, as paths without the leading block
 * @param grids what is varied
 * @param baselines enlargements without a model
 * @param networks restoration networks: settings of the block {@code model} by name
 * @param externals results of other methods: folder by data set, by method
 * @param metrics what results are scored with
 * @param comparedWith configuration that the others are compared with
 * @param tables tables that are printed
 */
public record SweepFile(
    List<DataSet> dataSets,
    int imagesPerSet,
    Config settings,
    List<Grid> grids,
    List<String> baselines,
    Map<String, Map<String, String>> networks,
    Map<String, Map<String, String>> externals,
    MetricChoice metrics,
    Optional<String> comparedWith,
    List<TableLayout> tables) {
  /** Checks what cannot be left out. */
  public SweepFile {
    dataSets = List.copyOf(dataSets);
    grids = List.copyOf(grids);
    baselines = List.copyOf(baselines);
    networks = Collections.unmodifiableMap(new LinkedHashMap<>(networks));
    externals = Map.copyOf(externals);
    tables = List.copyOf(tables);
    if (dataSets.isEmpty()) {
      throw SweepFileReader.error("sweep.data-sets is empty; name at least one set.");
    }
    if (imagesPerSet < 0) {
      throw SweepFileReader.error(
          "sweep.limit is %d; it must be 0 (all) or more.".formatted(imagesPerSet));
    }
    for (TableLayout table : tables) {
      requireKnown(table.title(), "grid", table.grids(), grids.stream().map(Grid::name).toList());
      requireKnown(
          table.title(),
          "method",
          table.methods(),
          Stream.of(baselines, networks.keySet(), externals.keySet())
              .flatMap(Collection::stream)
              .toList());
      requireKnown(
          table.title(),
          "column",
          table.columns(),
          Stream.concat(
                  Arrays.stream(MetricKind.values()).map(SweepSummary::column),
                  SweepSummary.EFFORT.stream())
              .toList());
    }
  }

  private static void requireKnown(
      String table, String what, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw SweepFileReader.error(
            "The table '%s' asks for the %s '%s'; there are: %s."
                .formatted(table, what, name, known.isEmpty() ? "none" : String.join(", ", known)));
      }
    }
  }

  /** The same with another number of pictures per set. */
  public SweepFile withImagesPerSet(int images) {
    return new SweepFile(
        dataSets,
        images,
        settings,
        grids,
        baselines,
        networks,
        externals,
        metrics,
        comparedWith,
        tables);
  }
}
