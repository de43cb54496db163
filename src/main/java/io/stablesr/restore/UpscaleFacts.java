package io.stablesr.restore;

import io.stablesr.restore.faces.FaceOutcome;
import java.util.List;
import java.util.Map;

/**
 * What is to be known about a result beside its pixels.
 *
 * @param width width of the result in pixels
 * @param height height of the result
 * @param tiles latent tiles per step
 * @param networkCalls tile evaluations in all (tiles x steps x guidance branches)
 * @param stageMillis elapsed milliseconds per stage, in the order the stages ran
 * @param faces faces that were found, where faces are restored
 */
public record UpscaleFacts(
    int width,
    int height,
    int tiles,
    int networkCalls,
    Map<String, Long> stageMillis,
    List<FaceOutcome> faces) {
  /** Takes a copy of the faces. */
  public UpscaleFacts {
    faces = List.copyOf(faces);
  }

  /** Of a picture in which no faces were looked for. */
  public UpscaleFacts(
      int width, int height, int tiles, int networkCalls, Map<String, Long> stageMillis) {
    this(width, height, tiles, networkCalls, stageMillis, List.of());
  }
}
