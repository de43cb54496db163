package io.stablesr.report;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.RowStatus;
import io.stablesr.metric.MetricKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The rows of a report by image and by configuration. */
public final class ReportTable {
  private final List<ReportCase> cases;
  private final List<Method> methods;
  private final Map<Map<String, String>, Integer> methodIndices = new LinkedHashMap<>();
  private final Map<String, Map<Integer, List<ReportCase>>> byImage = new TreeMap<>();

  /**
   * @throws StableSrException INPUT_NOT_FOUND when there are none
   */
  public ReportTable(Collection<ReportCase> cases) {
    this(cases, List.of());
  }

  /**
   * @param known methods that have their numbers and names already
   */
  private ReportTable(Collection<ReportCase> cases, List<Method> known) {
    known.forEach(method -> methodIndices.put(method.settings(), methodIndices.size()));
    if (cases.isEmpty()) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "There is nothing to report: the run has no rows.");
    }
    this.cases = List.copyOf(cases);
    for (ReportCase one : this.cases) {
      methodIndices.putIfAbsent(one.settings(), methodIndices.size());
      byImage
          .computeIfAbsent(one.imageId(), id -> new TreeMap<>())
          .computeIfAbsent(methodIndices.get(one.settings()), index -> new ArrayList<>())
          .add(one);
    }
    methods =
        known.isEmpty()
            ? Method.of(
                methodIndices.keySet(),
                this.cases.stream()
                    .filter(ReportCase::isDone)
                    .map(ReportCase::settings)
                    .collect(Collectors.toSet()))
            : known;
  }

  /** The same with every row changed. */
  ReportTable map(UnaryOperator<ReportCase> change) {
    return new ReportTable(cases.stream().map(change).toList());
  }

  /** Names of the data sets; one that is empty for the rows of a run. */
  List<String> dataSets() {
    return cases.stream().map(ReportTable::dataSet).distinct().sorted().toList();
  }

  /** The rows of a data set, with the methods of all. */
  ReportTable only(String dataSet) {
    return new ReportTable(
        cases.stream().filter(one -> dataSet(one).equals(dataSet)).toList(), methods);
  }

  private static String dataSet(ReportCase one) {
    return one.facts().getOrDefault(ReportCase.DATA_SET, "");
  }

  /** All rows, in the order in which they came. */
  List<ReportCase> cases() {
    return cases;
  }

  List<Method> methods() {
    return methods;
  }

  int methodOf(ReportCase one) {
    return methodIndices.get(one.settings());
  }

  /** Ids in their order. */
  Collection<String> images() {
    return byImage.keySet();
  }

  /** The rows of an image under a method; more than one where seeds differ. */
  List<ReportCase> of(String image, int method) {
    return byImage.get(image).getOrDefault(method, List.of());
  }

  /** The finished rows of an image under a method. */
  List<ReportCase> done(String image, int method) {
    return of(image, method).stream().filter(ReportCase::isDone).toList();
  }

  /** Numbers of the methods that have finished some image. */
  List<Integer> present() {
    List<Integer> present = new ArrayList<>();
    for (int method = 0; method < methods.size(); method++) {
      int index = method;
      if (byImage.keySet().stream().anyMatch(image -> !done(image, index).isEmpty())) {
        present.add(method);
      }
    }
    return present;
  }

  /** Images that all methods have finished which have any: only over these they are compared. */
  List<String> common() {
    List<Integer> present = present();
    return byImage.keySet().stream()
        .filter(
            image ->
                !present.isEmpty()
                    && present.stream().noneMatch(method -> done(image, method).isEmpty()))
        .toList();
  }

  long count(RowStatus status) {
    return cases.stream().filter(one -> one.outcome().status() == status).count();
  }

  /** Names of metrics that some row has, known ones first. */
  List<String> metrics() {
    Set<String> found = new LinkedHashSet<>();
    cases.forEach(one -> found.addAll(one.metrics().keySet()));
    List<String> names = new ArrayList<>(MetricKind.labels());
    names.retainAll(found);
    found.stream().filter(name -> !names.contains(name)).sorted().forEach(names::add);
    return names;
  }

  /** The mean score of an image over a method's seeds. */
  OptionalDouble score(String image, int method, String metric) {
    return done(image, method).stream()
        .map(one -> one.metrics().get(metric))
        .filter(score -> score != null && Double.isFinite(score))
        .mapToDouble(Double::doubleValue)
        .average();
  }

  /** The mean score of an image over methods and seeds. */
  OptionalDouble score(String image, String metric) {
    List<Double> scores = new ArrayList<>();
    for (int method = 0; method < methods.size(); method++) {
      score(image, method, metric).ifPresent(scores::add);
    }
    return scores.stream().mapToDouble(Double::doubleValue).average();
  }

  /** The mean time of an image over methods and seeds, in seconds; empty where none is known. */
  OptionalDouble seconds(String image) {
    return byImage.get(image).values().stream()
        .flatMap(List::stream)
        .filter(ReportCase::isDone)
        .mapToDouble(ReportCase::seconds)
        .filter(seconds -> seconds > 0)
        .average();
  }

  /** Whether small values of a metric are good; times and unknown metrics are taken to be so. */
  static boolean lowerIsBetter(String metric) {
    return MetricKind.named(metric)
        .map(kind -> kind.better() == MetricKind.Better.LOWER)
        .orElse(true);
  }
}
