package io.stablesr.restore.faces;

import io.stablesr.core.Words;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Restoration of faces, where it is on.
 *
 * @param detector file of RetinaFace
 * @param restorer file of CodeFormer
 * @param options which faces, and how
 * @param refinement what restored faces go through
 */
public record FaceSettings(
    FaceFile detector, FaceFile restorer, FaceOptions options, Refinement refinement) {
  /** What restored faces go through before they are pasted back. */
  public enum Refinement {
    /** Nothing. */
    NONE,
    /** StableSR, guided by them. */
    STABLESR
  }

  /** Checks that nothing is missing. */
  public FaceSettings {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(refinement, "refinement");
  }

  /** Settings of files with their official names. */
  public static FaceSettings of(
      String detector, String restorer, FaceOptions options, Refinement refinement) {
    return new FaceSettings(
        new FaceFile("faces.detector", detector, "detection_Resnet50_Final.pth"),
        new FaceFile("faces.restorer", restorer, "codeformer.pth"),
        options,
        refinement);
  }

  /**
   * All that decides pixels, by setting; a file counts by its SHA-256. Reads both files.
   *
   * @throws io.stablesr.core.StableSrException where a file is not there
   */
  public Map<String, String> parameters() {
    Map<String, String> values = new TreeMap<>();
    values.put("faces.mode", "on");
    values.put(detector.key(), detector.sha256());
    values.put(restorer.key(), restorer.sha256());
    values.put("faces.fidelity", Double.toString(options.fidelity()));
    values.put("faces.minimum-score", Double.toString(options.minimumScore()));
    values.put(
        "faces.minimum-eye-distance-pixels", Double.toString(options.minimumEyeDistancePixels()));
    values.put("faces.refine", Words.of(refinement));
    return values;
  }
}
