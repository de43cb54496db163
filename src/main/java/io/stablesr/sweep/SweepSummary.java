package io.stablesr.sweep;

import io.stablesr.metric.MetricKind;
import io.stablesr.metric.PairedDifference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * Means, intervals and tests of a sweep. Seeds are averaged per picture first, so that pictures are
 * what is sampled; sets, protocols and configurations are never averaged together.
 */
public final class SweepSummary {
  /** Time per picture, which is summed up like a metric: seconds, lower is better. */
  public static final String SECONDS = "upscale_seconds";

  /** Multiplications with additions of all networks per picture, in thousand millions. */
  public static final String GIGAMACS = "gigamacs";

  /** Weights of all networks, in millions. */
  public static final String MILLION_PARAMETERS = "million_parameters";

  /** What is summed up beside the metrics, and not compared: it says nothing of pictures. */
  public static final List<String> EFFORT = List.of(SECONDS, GIGAMACS, MILLION_PARAMETERS);

  /** Products first, then as people would look for them. */
  private static final Comparator<Observation> ORDER =
      Comparator.comparing((Observation row) -> row.group().kind())
          .reversed()
          .thenComparing(row -> row.group().label())
          .thenComparing(row -> row.group().groupId())
          .thenComparing(row -> row.group().protocolId())
          .thenComparing(Observation::image)
          .thenComparing(Observation::seed);

  private SweepSummary() {}

  /** The name of a metric's column. */
  public static String column(MetricKind kind) {
    return kind.label().replace('-', '_');
  }

  /** Whether larger values of a column are better. */
  public static MetricKind.Better better(String metric) {
    return Arrays.stream(MetricKind.values())
        .filter(kind -> column(kind).equals(metric))
        .findFirst()
        .map(MetricKind::better)
        .orElse(MetricKind.Better.LOWER);
  }

  /**
   * Sums up the table.
   *
   * @param comparedWith label of the configuration that the others of the same set and protocol are
   *     compared with
   */
  public static List<SummaryLine> of(List<Observation> rows, Optional<String> comparedWith) {
    Map<String, Map<Observation.Group, List<Observation>>> sets = new TreeMap<>();
    for (Observation row : rows.stream().sorted(ORDER).toList()) {
      sets.computeIfAbsent(row.dataSet(), set -> new LinkedHashMap<>())
          .computeIfAbsent(row.group(), group -> new ArrayList<>())
          .add(row);
    }
    List<SummaryLine> lines = new ArrayList<>();
    sets.forEach((set, groups) -> lines.addAll(set(set, groups, comparedWith)));
    return lines;
  }

  private static List<SummaryLine> set(
      String set, Map<Observation.Group, List<Observation>> groups, Optional<String> comparedWith) {
    Set<String> metrics = new LinkedHashSet<>();
    for (MetricKind kind : MetricKind.values()) {
      metrics.add(column(kind));
    }
    metrics.addAll(EFFORT);
    List<SummaryLine> lines = new ArrayList<>();
    for (String metric : metrics) {
      Map<Observation.Group, Map<String, Map<Long, Double>>> scores = new LinkedHashMap<>();
      groups.forEach((group, rows) -> scores.put(group, byImage(rows, metric)));
      scores.values().removeIf(Map::isEmpty);
      List<SummaryLine> compared = new ArrayList<>();
      scores.forEach(
          (group, images) -> {
            SummaryLine line = line(set, group, metric, images, failed(groups.get(group), metric));
            Optional<Observation.Group> baseline = baseline(group, scores.keySet(), comparedWith);
            compared.add(
                baseline
                    .flatMap(other -> compare(metric, other.label(), images, scores.get(other)))
                    .map(line::with)
                    .orElse(line));
          });
      lines.addAll(holm(compared));
    }
    return lines;
  }

  private static Map<String, Map<Long, Double>> byImage(List<Observation> rows, String metric) {
    Map<String, Map<Long, Double>> images = new TreeMap<>();
    for (Observation row : rows) {
      Double score = row.scores().get(metric);
      if (score != null) {
        images.computeIfAbsent(row.image(), image -> new TreeMap<>()).put(row.seed(), score);
      }
    }
    return images;
  }

  /** A row may lack one score and have the others. */
  private static int failed(List<Observation> rows, String metric) {
    return (int)
        rows.stream()
            .filter(row -> row.outcome() == Observation.Outcome.FAILED)
            .filter(row -> !row.scores().containsKey(metric))
            .count();
  }

  private static Optional<Observation.Group> baseline(
      Observation.Group group, Set<Observation.Group> groups, Optional<String> comparedWith) {
    return groups.stream()
        .filter(other -> comparedWith.filter(other.label()::equals).isPresent())
        .filter(other -> other.protocolId().equals(group.protocolId()) && !other.equals(group))
        .filter(other -> !comparedWith.get().equals(group.label()))
        .min(Comparator.comparing(Observation.Group::groupId));
  }

  private static SummaryLine line(
      String set,
      Observation.Group group,
      String metric,
      Map<String, Map<Long, Double>> images,
      int failed) {
    double[] means = images.values().stream().mapToDouble(SweepSummary::mean).toArray();
    PairedDifference interval = PairedDifference.fromZero(means);
    Set<Long> seeds = new HashSet<>();
    images.values().forEach(scores -> seeds.addAll(scores.keySet()));
    return new SummaryLine(
        set,
        group,
        metric,
        means.length,
        seeds.size(),
        failed,
        interval.mean(),
        interval.low(),
        interval.high(),
        seedDeviation(images, seeds),
        imageSeedDeviation(images),
        Optional.empty());
  }

  private static double mean(Map<Long, Double> scores) {
    return scores.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** Over pictures that have every seed: others would move the means by which they are. */
  private static OptionalDouble seedDeviation(
      Map<String, Map<Long, Double>> images, Set<Long> seeds) {
    List<Map<Long, Double>> whole =
        images.values().stream().filter(scores -> scores.size() == seeds.size()).toList();
    if (whole.isEmpty()) {
      return OptionalDouble.empty();
    }
    return deviation(
        seeds.stream()
            .mapToDouble(
                seed ->
                    whole.stream().mapToDouble(scores -> scores.get(seed)).average().orElseThrow())
            .toArray());
  }

  private static OptionalDouble imageSeedDeviation(Map<String, Map<Long, Double>> images) {
    return images.values().stream()
        .map(
            scores ->
                deviation(scores.values().stream().mapToDouble(Double::doubleValue).toArray()))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  /** Of a sample; empty for fewer than two values. */
  private static OptionalDouble deviation(double[] values) {
    if (values.length < 2) {
      return OptionalDouble.empty();
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
  }

  private static Optional<SummaryLine.Comparison> compare(
      String metric,
      String baseline,
      Map<String, Map<Long, Double>> images,
      Map<String, Map<Long, Double>> others) {
    if (EFFORT.contains(metric)) {
      // A slower method is no worse picture, and a shared machine's times are no sample.
      return Optional.empty();
    }
    List<String> both = images.keySet().stream().filter(others::containsKey).toList();
    if (both.isEmpty()) {
      return Optional.empty();
    }
    double[] scores = both.stream().mapToDouble(image -> mean(images.get(image))).toArray();
    double[] base = both.stream().mapToDouble(image -> mean(others.get(image))).toArray();
    double[] differences = new double[scores.length];
    Arrays.setAll(differences, i -> scores[i] - base[i]);
    double sign = better(metric) == MetricKind.Better.HIGHER ? 1 : -1;
    PairedDifference interval = PairedDifference.of(scores, base);
    double pValue = SignFlipTest.pValue(differences);
    return Optional.of(
        new SummaryLine.Comparison(
            baseline,
            both.size(),
            interval.mean(),
            interval.low(),
            interval.high(),
            (int) Arrays.stream(differences).filter(d -> sign * d > 0).count(),
            pValue,
            pValue));
  }

  /** Holm 1979: the smallest p value times their number, the next times one less, and so on. */
  private static List<SummaryLine> holm(List<SummaryLine> lines) {
    List<SummaryLine> ordered =
        lines.stream()
            .filter(line -> line.comparison().isPresent())
            .sorted(
                Comparator.comparingDouble(
                    (SummaryLine line) -> line.comparison().orElseThrow().pValue()))
            .toList();
    Map<SummaryLine, SummaryLine> corrected = new LinkedHashMap<>();
    double largest = 0;
    for (int i = 0; i < ordered.size(); i++) {
      SummaryLine.Comparison comparison = ordered.get(i).comparison().orElseThrow();
      largest = Math.max(largest, Math.min(1, comparison.pValue() * (ordered.size() - i)));
      corrected.put(ordered.get(i), ordered.get(i).with(comparison.corrected(largest)));
    }
    return lines.stream().map(line -> corrected.getOrDefault(line, line)).toList();
  }
}
