package io.stablesr.report;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.job.ReportOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The images from the worst to the best.
 *
 * @param by name of the metric, or {@code time}
 * @param images ids of finished images that have a value
 * @param shown ids of the images that get pictures: half of them the worst, a quarter the best, the
 *     others spread between
 */
record Ranking(String by, List<String> images, List<String> shown) {
  /** An image and what it is ranked by. */
  private record Ranked(String image, double value) {}

  static Ranking of(ReportTable table, ReportOptions options) {
    String by = by(table, options.rankBy());
    List<Ranked> ranked = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (String image : table.images()) {
      OptionalDouble value =
          by.equals(ReportOptions.TIME) ? table.seconds(image) : table.score(image, by);
      if (value.isPresent()) {
        ranked.add(new Ranked(image, value.getAsDouble()));
      } else if (isDone(table, image)) {
        rest.add(image);
      }
    }
    Comparator<Ranked> ascending = Comparator.comparingDouble(Ranked::value);
    ranked.sort(
        (ReportTable.lowerIsBetter(by) ? ascending.reversed() : ascending)
            .thenComparing(Ranked::image));
    List<String> images = ranked.stream().map(Ranked::image).toList();
    List<String> all = new ArrayList<>(images);
    all.addAll(rest);
    return new Ranking(by, images, shown(all, options.images()));
  }

  private static boolean isDone(ReportTable table, String image) {
    for (int method = 0; method < table.methods().size(); method++) {
      if (!table.done(image, method).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static List<String> shown(List<String> images, int count) {
    if (images.size() <= count) {
      return List.copyOf(images);
    }
    int worst = (count + 1) / 2;
    int best = (count - worst + 1) / 2;
    Set<String> shown = new LinkedHashSet<>(images.subList(0, worst));
    shown.addAll(Spread.over(images.subList(worst, images.size() - best), count - worst - best));
    shown.addAll(images.subList(images.size() - best, images.size()));
    return List.copyOf(shown);
  }

  private static String by(ReportTable table, String wanted) {
    List<String> metrics = table.metrics();
    if (wanted.isEmpty()) {
      return metrics.isEmpty() ? ReportOptions.TIME : metrics.get(0);
    }
    if (!wanted.equals(ReportOptions.TIME) && !metrics.contains(wanted)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "report.rank-by is '%s'; this table has %s."
              .formatted(
                  wanted,
                  metrics.isEmpty() ? "only time" : String.join(", ", metrics) + " and time"));
    }
    return wanted;
  }
}
