package io.stablesr.restore;

import io.stablesr.restore.faces.FaceOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is to be known about a result beside its pixels.
 *
 * @param width width of the result in pixels
 * @param height height of the result
 * @param tiles latent tiles per step
 * @param networkCalls tile evaluations in all, over all steps and guidance branches
 * @param stageMillis elapsed milliseconds per stage, in the order the stages ran
 * @param notes sentences for the row about what deserves a look
 * @param preCleaning what was decided about cleaning the input
 * @param faces faces that were found, where faces are restored
 */
public record UpscaleFacts(
    int width,
    int height,
    int tiles,
    int networkCalls,
    Map<String, Long> stageMillis,
    List<String> notes,
    PreCleaning preCleaning,
    List<FaceOutcome> faces) {
  /** Checks that nothing is missing and takes copies of the lists. */
  public UpscaleFacts {
    Objects.requireNonNull(preCleaning, "preCleaning");
    notes = List.copyOf(notes);
    faces = List.copyOf(faces);
  }

  /** Facts without notes, cleaning and faces. */
  public UpscaleFacts(
      int width, int height, int tiles, int networkCalls, Map<String, Long> stageMillis) {
    this(width, height, tiles, networkCalls, stageMillis, List.of(), PreCleaning.NONE, List.of());
  }
}
