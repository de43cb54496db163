package io.stablesr.spark;

import com.google.gson.Gson;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The scores of one result, as they are kept until the rows of its configuration are written.
 *
 * @param scoreId digest of everything that they follow from
 * @param scores by column of the table
 * @param error why there is none; null otherwise
 * @param width of the result in pixels; 0 where it could not be read
 * @param height of the result in pixels
 * @param outputSha256 digest of the result; empty where it could not be read
 * @param referenceSha256 digest of the true picture; null without
 * @param millis elapsed milliseconds of all metrics
 * @param scoredAtMillis when
 */
record ScoreRecord(
    String scoreId,
    Map<String, Double> scores,
    String error,
    int width,
    int height,
    String outputSha256,
    String referenceSha256,
    long millis,
    long scoredAtMillis)
    implements Serializable {
  private static final Gson GSON = new Gson();

  ScoreRecord {
    Objects.requireNonNull(scoreId, "scoreId");
    scores = new TreeMap<>(scores);
  }

  String toJson() {
    return GSON.toJson(this);
  }

  /** Reads what {@link #toJson} wrote; empty when it is cut short or of another version. */
  static Optional<ScoreRecord> parse(String json) {
    try {
      return Optional.ofNullable(GSON.fromJson(json, ScoreRecord.class));
    } catch (RuntimeException e) {
      // Besides its own exceptions, Gson passes on what a record's constructor throws.
      return Optional.empty();
    }
  }
}
