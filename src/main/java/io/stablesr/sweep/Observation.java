package io.stablesr.sweep;

import java.util.Map;

/**
 * The figures of one row of the table.
 *
 * @param dataSet name of the set
 * @param image name of the picture without extension
 * @param group what made it
 * @param seed of the noise; any value where there is none
 * @param scores by metric; a row without a picture or scores has none
 */
public record Observation(
    String dataSet, String image, Group group, long seed, Map<String, Double> scores) {
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
