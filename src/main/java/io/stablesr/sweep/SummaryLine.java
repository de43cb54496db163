package io.stablesr.sweep;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One metric of one configuration on one set.
 *
 * @param dataSet name of the set
 * @param group what made the pictures
 * @param metric name of the metric
 * @param images pictures with a score
 * @param seeds seeds that were averaged
 * @param failed rows without a picture or whose picture could not be scored
 * @param mean over pictures, of their means over seeds
 * @param low end of the bootstrap's 95 % interval
 * @param high its other end
 * @param seedDeviation standard deviation, over seeds, of the mean over pictures
 * @param imageSeedDeviation standard deviation of a picture over seeds, averaged over pictures
 * @param comparison with the baseline; empty for the baseline itself and without one
 */
public record SummaryLine(
    String dataSet,
    Observation.Group group,
    String metric,
    int images,
    int seeds,
    int failed,
    double mean,
    double low,
    double high,
    OptionalDouble seedDeviation,
    OptionalDouble imageSeedDeviation,
    Optional<Comparison> comparison) {
  /**
   * A paired comparison.
   *
   * @param baseline label of what it is compared with
   * @param images pictures that both have
   * @param difference mean of the differences to the baseline
   * @param low end of its 95 % interval
   * @param high its other end
   * @param wins pictures that are better than the baseline's
   * @param pValue of the sign-flip test
   * @param pHolm the same after Holm's correction
   */
  public record Comparison(
      String baseline,
      int images,
      double difference,
      double low,
      double high,
      int wins,
      double pValue,
      double pHolm) {
    Comparison corrected(double value) {
      return new Comparison(baseline, images, difference, low, high, wins, pValue, value);
    }
  }

  SummaryLine with(Comparison other) {
    return new SummaryLine(
        dataSet,
        group,
        metric,
        images,
        seeds,
        failed,
        mean,
        low,
        high,
        seedDeviation,
        imageSeedDeviation,
        Optional.of(other));
  }
}
