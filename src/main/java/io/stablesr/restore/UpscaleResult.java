package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.restore.faces.FaceOutcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What became of one image.
 *
 * @param image sRGB picture {@code [3,round(scale*H),round(scale*W)]}, values 0..1
 * @param tiles latent tiles per step
 * @param networkCalls tile evaluations in all, over all steps and guidance branches
 * @param stageMillis elapsed milliseconds per stage, in the order the stages ran: {@code resize},
 *     {@code vae-encode}, {@code sample}, {@code vae-decode}, {@code color-fix}, {@code faces}
 * @param notes sentences for the row about what deserves a look
 * @param preCleaning what was decided about cleaning the input
 * @param faces faces that were found, where faces are restored
 */
public record UpscaleResult(
    FloatTensor image,
    int tiles,
    int networkCalls,
    Map<String, Long> stageMillis,
    List<String> notes,
    PreCleaning preCleaning,
    List<FaceOutcome> faces) {
  /** Checks that nothing is missing and takes copies of the lists. */
  public UpscaleResult {
    Objects.requireNonNull(preCleaning, "preCleaning");
    notes = List.copyOf(notes);
    faces = List.copyOf(faces);
  }

  /** A result without notes, cleaning and faces. */
  public UpscaleResult(
      FloatTensor image, int tiles, int networkCalls, Map<String, Long> stageMillis) {
    this(image, tiles, networkCalls, stageMillis, List.of(), PreCleaning.NONE, List.of());
  }

  /** All but the pixels. */
  public UpscaleFacts facts() {
    return new UpscaleFacts(
        image.dim(2), image.dim(1), tiles, networkCalls, stageMillis, notes, preCleaning, faces);
  }
}
