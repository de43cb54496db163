package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.restore.faces.FaceOutcome;
import java.util.List;
import java.util.Map;

/**
 * What became of one image.
 *
 * @param image sRGB picture {@code [3,round(scale*H),round(scale*W)]}, values 0..1
 * @param tiles latent tiles per step
 * @param networkCalls tile evaluations in all (tiles x steps x guidance branches)
 * @param stageMillis elapsed milliseconds per stage, in the order the stages ran: {@code resize},
 *     {@code vae-encode}, {@code sample}, {@code vae-decode}, {@code color-fix}, {@code faces}
 * @param faces faces that were found, where faces are restored
 */
public record UpscaleResult(
    FloatTensor image,
    int tiles,
    int networkCalls,
    Map<String, Long> stageMillis,
    List<FaceOutcome> faces) {
  /** Takes a copy of the faces. */
  public UpscaleResult {
    faces = List.copyOf(faces);
  }

  /** A picture in which no faces were looked for. */
  public UpscaleResult(
      FloatTensor image, int tiles, int networkCalls, Map<String, Long> stageMillis) {
    this(image, tiles, networkCalls, stageMillis, List.of());
  }

  /** All but the pixels. */
  public UpscaleFacts facts() {
    return new UpscaleFacts(image.dim(2), image.dim(1), tiles, networkCalls, stageMillis, faces);
  }
}
