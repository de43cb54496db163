package io.stablesr.sweep;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Tables of measured means beside published figures, each line saying which it is. */
public final class ComparisonTables {
  private static final String NUMBER = "-?\\d+(\\.\\d+)?";

  private ComparisonTables() {}

  /**
   * Renders the tables that a sweep asks for.
   *
   * @param summary of the sweep's table
   * @param configurations of the sweep
   */
  public static String render(
      List<TableLayout> layouts,
      List<SummaryLine> summary,
      List<SweepConfiguration> configurations,
      List<PublishedFigures.Line> published) {
    StringBuilder text = new StringBuilder();
    for (TableLayout layout : layouts) {
      text.append(table(layout, summary, configurations, published)).append('\n');
    }
    return text.toString();
  }

  private static String table(
      TableLayout layout,
      List<SummaryLine> summary,
      List<SweepConfiguration> configurations,
      List<PublishedFigures.Line> published) {
    TextTable table = new TextTable();
    List<String> head = new ArrayList<>(layout.columns());
    head.add("source");
    table.add("set", "method", "", head);
    Set<String> sets = new TreeSet<>();
    summary.forEach(line -> sets.add(line.dataSet()));
    List<PublishedFigures.Line> beside =
        published.stream()
            .filter(line -> layout.published().filter(line.table()::equals).isPresent())
            .toList();
    beside.forEach(line -> sets.add(line.dataSet()));
    for (String set : sets) {
      measured(table, layout, set, summary, groups(layout, configurations));
      for (PublishedFigures.Line line : beside) {
        if (line.dataSet().equals(set)) {
          List<String> cells = new ArrayList<>();
          layout.columns().forEach(metric -> cells.add(line.values().getOrDefault(metric, "-")));
          cells.add(line.source());
          table.add(set, line.method(), "published", cells);
        }
      }
    }
    return layout.title()
        + "\n"
        + (layout.note().isEmpty() ? "" : layout.note() + "\n")
        + table.render();
  }

  /** Names of the rows by their groups: the settings that vary in this table. */
  private static Map<String, String> groups(
      TableLayout layout, List<SweepConfiguration> configurations) {
    List<SweepConfiguration> wanted =
        configurations.stream()
            .filter(configuration -> isRow(layout, configuration))
            .sorted(ComparisonTables::byValues)
            .toList();
    Map<String, Set<String>> values = new LinkedHashMap<>();
    wanted.forEach(
        configuration ->
            configuration
                .varied()
                .forEach(
                    (name, value) ->
                        values.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(value)));
    values.values().removeIf(all -> all.size() < 2);
    Map<String, String> groups = new LinkedHashMap<>();
    for (SweepConfiguration configuration : wanted) {
      groups.put(configuration.groupId(), configuration.label(values.keySet()));
    }
    return groups;
  }

  /** Numbers by their size; the order is stable for all else. */
  private static int byValues(SweepConfiguration one, SweepConfiguration other) {
    for (String name : one.varied().keySet()) {
      String value = one.varied().get(name);
      String otherValue = other.varied().getOrDefault(name, "");
      if (value.matches(NUMBER) && otherValue.matches(NUMBER)) {
        int order = new BigDecimal(value).compareTo(new BigDecimal(otherValue));
        if (order != 0) {
          return order;
        }
      }
    }
    return 0;
  }

  private static boolean isRow(TableLayout layout, SweepConfiguration configuration) {
    return configuration.kind() == SweepConfiguration.Kind.PRODUCT
        ? configuration.grids().stream().anyMatch(layout.grids()::contains)
        : layout.methods().contains(configuration.method());
  }

  private static void measured(
      TextTable table,
      TableLayout layout,
      String set,
      List<SummaryLine> summary,
      Map<String, String> groups) {
    for (String group : groups.keySet()) {
      // Lines of another protocol are lines of their own.
      Map<Observation.Group, Map<String, SummaryLine>> rows = new LinkedHashMap<>();
      for (SummaryLine line : summary) {
        if (line.dataSet().equals(set) && line.group().groupId().equals(group)) {
          rows.computeIfAbsent(line.group(), key -> new LinkedHashMap<>()).put(line.metric(), line);
        }
      }
      if (rows.isEmpty() && summary.stream().anyMatch(line -> line.dataSet().equals(set))) {
        List<String> cells = new ArrayList<>();
        layout.columns().forEach(metric -> cells.add("-"));
        cells.add("this run: no scores");
        table.add(set, groups.get(group), "measured", cells);
      }
      rows.forEach(
          (key, lines) -> {
            List<String> cells = new ArrayList<>();
            layout.columns().forEach(metric -> cells.add(cell(lines.get(metric))));
            int images = lines.values().stream().mapToInt(SummaryLine::images).max().orElse(0);
            int seeds = lines.values().stream().mapToInt(SummaryLine::seeds).max().orElse(0);
            cells.add(
                "this run: %d pictures%s"
                    .formatted(images, seeds > 1 ? ", %d seeds".formatted(seeds) : ""));
            table.add(set, groups.get(group), "measured", cells);
          });
    }
  }

  private static String cell(SummaryLine line) {
    if (line == null) {
      return "-";
    }
    return String.format(Locale.ROOT, Math.abs(line.mean()) >= 10 ? "%.2f" : "%.4f", line.mean());
  }
}
