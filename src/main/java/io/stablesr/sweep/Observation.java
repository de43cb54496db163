package io.stablesr.sweep;

import java.util.Map;

/**
 * The figures of one row of the table.
 *
 * @param dataSet name of the set
 * @param image name of the picture without extension
 * @param group what made it
 * @param seed of the noise; any value where there is none
 * @param outcome whether there is a picture and it could be scored
 * @param scores by metric
 */
public record Observation(
    String dataSet,
    String image,
    Group group,
    long seed,
    Outcome outcome,
    Map<String, Double> scores) {
  /** Whether there is a picture and it could be scored. */
  public enum Outcome {
    /** It has the metrics that it can have. */
    SCORED,
    /** There is no picture, or it could not be scored. */
    FAILED
  }

  /**
   * What may be averaged together.
   *
   * @param kind as in the table
   * @param method as in the table
   * @param label the configuration without the seed
   * @param groupId digest of its settings and model
   * @param protocolId digest of what figures depend on besides
   */
  public record Group(
      String kind, String method, String label, String groupId, String protocolId) {}

  /** Copies the scores. */
  public Observation {
    scores = Map.copyOf(scores);
  }
}
