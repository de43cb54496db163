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
 * @param networkCalls tile evaluations in all, over all steps and guidance branches
 * @param stageMillis elapsed milliseconds per stage, in the order the stages ran
 * @param notes sentences for the row about what was decided for this image
 * @param faces faces that were found, where faces are restored
 */
public record UpscaleFacts(
    int width,
    int height,
    int tiles,
    int networkCalls,
    Map<String, Long> stageMillis,
    List<String> notes,
    List<FaceOutcome> faces) {
  /** Takes copies of the lists. */
  public UpscaleFacts {
    notes = List.copyOf(notes);
    faces = List.copyOf(faces);
  }

  /** Facts without notes and faces. */
  public UpscaleFacts(
      int width, int height, int tiles, int networkCalls, Map<String, Long> stageMillis) {
    this(width, height, tiles, networkCalls, stageMillis, List.of(), List.of());
  }
}
