package io.stablesr.job;

import io.stablesr.restore.PreCleaning;
import io.stablesr.restore.faces.FaceTally;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What working on an image gave, and where and when. Kept as it is when a later run finds the image
 * finished.
 *
 * @param sizes sizes and counts of the work
 * @param modelId name and weights digest of the model; empty when nothing was computed
 * @param inputSha256 digest of the input file; empty when it was not read
 * @param outputBytes size of the output file; 0 when there is none
 * @param outputSha256 digest of the output file; empty when there is none
 * @param device device of the networks: {@code cpu}, {@code cuda:0}
 * @param dtype number type of the networks that made the result
 * @param stageMillis elapsed milliseconds per stage in the order the stages ran
 * @param warnings sentences about what deserves a look although there is a result
 * @param faces faces that were found and what became of them; none where they are not restored
 * @param preCleaning what was decided about cleaning the input
 * @param origin who did it
 */
public record ImageResult(
    Sizes sizes,
    String modelId,
    String inputSha256,
    long outputBytes,
    String outputSha256,
    String device,
    String dtype,
    Map<String, Long> stageMillis,
    List<String> warnings,
    FaceTally faces,
    PreCleaning preCleaning,
    Origin origin)
    implements Serializable {
  /** Checks that nothing is missing and takes copies. */
  public ImageResult {
    Objects.requireNonNull(sizes, "sizes");
    Objects.requireNonNull(modelId, "modelId");
    Objects.requireNonNull(inputSha256, "inputSha256");
    Objects.requireNonNull(outputSha256, "outputSha256");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(origin, "origin");
    stageMillis = Collections.unmodifiableMap(new LinkedHashMap<>(stageMillis));
    // Records that an earlier version wrote say nothing of these.
    faces = faces == null ? FaceTally.NONE : faces;
    preCleaning = preCleaning == null ? PreCleaning.NONE : preCleaning;
    // They had the decision about cleaning among the warnings.
    preCleaning = PreCleaning.among(warnings).orElse(preCleaning);
    warnings = PreCleaning.without(warnings);
  }

  /** Of an image that was not cleaned, and in which no faces were looked for. */
  public ImageResult(
      Sizes sizes,
      String modelId,
      String inputSha256,
      long outputBytes,
      String outputSha256,
      String device,
      String dtype,
      Map<String, Long> stageMillis,
      List<String> warnings,
      Origin origin) {
    this(
        sizes,
        modelId,
        inputSha256,
        outputBytes,
        outputSha256,
        device,
        dtype,
        stageMillis,
        warnings,
        FaceTally.NONE,
        PreCleaning.NONE,
        origin);
  }

  /**
   * Sizes in pixels and counts; 0 where not known.
   *
   * @param inputWidth width of the input after its orientation was applied
   * @param inputHeight height of the input
   * @param outputWidth width of the result
   * @param outputHeight height of the result
   * @param tiles latent tiles per step
   * @param networkCalls tile evaluations in all
   */
  public record Sizes(
      int inputWidth,
      int inputHeight,
      int outputWidth,
      int outputHeight,
      int tiles,
      int networkCalls)
      implements Serializable {
    /** Nothing is known. */
    public static final Sizes UNKNOWN = new Sizes(0, 0, 0, 0, 0, 0);
  }

  /**
   * Who did the work.
   *
   * @param runId run that computed it
   * @param host host name
   * @param executor Spark's name of the executor
   * @param attempt attempt of the task, from 0
   * @param finishedAtMillis time of the end, since 1970
   */
  public record Origin(
      String runId, String host, String executor, int attempt, long finishedAtMillis)
      implements Serializable {
    /** Checks that nothing is missing. */
    public Origin {
      Objects.requireNonNull(runId, "runId");
      Objects.requireNonNull(host, "host");
      Objects.requireNonNull(executor, "executor");
    }
  }
}
