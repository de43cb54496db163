package io.stablesr.sweep;

import io.stablesr.job.CsvLine;
import io.stablesr.metric.MetricKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/** The summary as text and as comma-separated values. */
public final class SummaryText {
  private static final double CLEAR = 0.05;

  private SummaryText() {}

  /** A table per set and protocol: a line per configuration, a column per metric. */
  public static String text(List<SummaryLine> lines) {
    Map<String, List<SummaryLine>> parts = new TreeMap<>();
    for (SummaryLine line : lines) {
      parts
          .computeIfAbsent(
              line.dataSet() + ", protocol " + line.group().protocolId(), key -> new ArrayList<>())
          .add(line);
    }
    StringBuilder text = new StringBuilder();
    parts.forEach((title, part) -> text.append(part(title, part)).append('\n'));
    return text.toString();
  }

  private static String part(String title, List<SummaryLine> lines) {
    Set<String> metrics = new LinkedHashSet<>();
    Map<Observation.Group, Map<String, SummaryLine>> rows = new LinkedHashMap<>();
    for (SummaryLine line : lines) {
      metrics.add(line.metric());
      rows.computeIfAbsent(line.group(), group -> new LinkedHashMap<>()).put(line.metric(), line);
    }
    TextTable table = new TextTable();
    table.add("configuration", "images", "seeds", metrics.stream().map(SummaryText::head).toList());
    rows.forEach(
        (group, cells) -> {
          SummaryLine any = cells.values().iterator().next();
          table.add(
              group.label(),
              any.images() + (any.failed() > 0 ? " (%d failed)".formatted(any.failed()) : ""),
              Integer.toString(any.seeds()),
              metrics.stream().map(metric -> cell(cells.get(metric))).toList());
        });
    String baseline =
        lines.stream()
            .flatMap(line -> line.comparison().stream())
            .map(SummaryLine.Comparison::baseline)
            .findFirst()
            .map(
                name ->
                    "\nmean (95 %% interval over pictures) difference to %s, * where p < 0.05 after Holm; s: deviation over seeds"
                        .formatted(name))
            .orElse("\nmean (95 % interval over pictures); s: deviation over seeds");
    return title + baseline + "\n" + table.render();
  }

  private static String head(String metric) {
    return metric + (SweepSummary.better(metric) == MetricKind.Better.HIGHER ? " +" : " -");
  }

  private static String cell(SummaryLine line) {
    if (line == null) {
      return "";
    }
    String difference =
        line.comparison()
            .map(
                comparison ->
                    String.format(
                        Locale.ROOT,
                        " %+.4f%s",
                        comparison.difference(),
                        comparison.pHolm() < CLEAR ? "*" : ""))
            .orElse("");
    String seeds =
        line.seedDeviation().isPresent()
            ? String.format(Locale.ROOT, " s%.4f", line.seedDeviation().getAsDouble())
            : "";
    return String.format(
        Locale.ROOT,
        "%.4f (%.4f to %.4f)%s%s",
        line.mean(),
        line.low(),
        line.high(),
        difference,
        seeds);
  }

  /** All columns of docs/benchmarks.md, quoted where they have to be. */
  public static String csv(List<SummaryLine> lines) {
    StringBuilder text =
        new StringBuilder(
            "data_set,kind,method,configuration,group_id,protocol_id,metric,better,images,seeds,failed,mean,low,high,seed_std,image_seed_std,baseline,difference,difference_low,difference_high,wins,paired_images,p_value,p_holm\n");
    for (SummaryLine line : lines) {
      Observation.Group group = line.group();
      Optional<SummaryLine.Comparison> comparison = line.comparison();
      List<Object> fields =
          Arrays.asList(
              line.dataSet(),
              group.kind(),
              group.method(),
              group.label(),
              group.groupId(),
              group.protocolId(),
              line.metric(),
              SweepSummary.better(line.metric()).name().toLowerCase(Locale.ROOT),
              line.images(),
              line.seeds(),
              line.failed(),
              line.mean(),
              line.low(),
              line.high(),
              value(line.seedDeviation()),
              value(line.imageSeedDeviation()),
              comparison.<Object>map(SummaryLine.Comparison::baseline).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::difference).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::low).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::high).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::wins).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::images).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::pValue).orElse(""),
              comparison.<Object>map(SummaryLine.Comparison::pHolm).orElse(""));
      text.append(CsvLine.of(fields));
    }
    return text.toString();
  }

  private static Object value(OptionalDouble number) {
    return number.isPresent() ? number.getAsDouble() : "";
  }
}
