package io.stablesr.job;

import io.stablesr.core.Digests;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.PreClean;
import io.stablesr.restore.UpscaleOptions;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that decides the bytes of a result, apart from the input: model, options, file format.
 * What only decides how fast it is made (device, threads, tile batch, partitions) is not part of
 * it, so that a run may be finished on another cluster.
 *
 * @param values by setting path, in the order of the paths
 */
public record Parameters(Map<String, String> values) implements Serializable {
  /** Takes a sorted copy. */
  public Parameters {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** The parameters of an image. */
  public static Parameters of(
      String modelId, ModelDtype dtype, UpscaleOptions upscale, JobOptions job) {
    Map<String, String> values = new TreeMap<>();
    values.put("model", modelId);
    values.put("model.dtype", dtype.name());
    values.put("upscale.scale", Double.toString(upscale.scale()));
    values.put("upscale.seed", Long.toString(upscale.seed()));
    values.put("upscale.prompt", upscale.prompt());
    values.put("upscale.fusion-weight", Double.toString(upscale.fusionWeight()));
    values.put("upscale.color-fix", upscale.colorFix().name());
    values.put("upscale.wavelet-levels", Integer.toString(upscale.waveletLevels()));
    values.put("output.format", job.format().toString());
    values.put("output.bits", job.fidelity().bits().name());
    values.put("output.metadata", job.fidelity().metadata().name());
    values.put("output.icc", job.fidelity().profile().name());
    values.put("compat.pixel-rounding", job.pixelRounding().name());
    putSampling(values, upscale.sampling());
    if (upscale.preClean().mode() != PreClean.Mode.OFF) {
      values.put("upscale.pre-clean", upscale.preClean().mode().name());
    }
    if (upscale.preClean().mode() == PreClean.Mode.AUTO) {
      values.put("upscale.pre-clean-severity", Double.toString(upscale.preClean().severity()));
    }
    if (upscale.stripPixels() > 0) {
      values.put("upscale.strip-pixels", Long.toString(upscale.stripPixels()));
    }
    if (upscale.sampling().guided()) {
      values.put("upscale.negative-prompt", upscale.negativePrompt());
    }
    return new Parameters(values);
  }

  /** These and more. */
  public Parameters and(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(values);
    all.putAll(more);
    return new Parameters(all);
  }

  private static void putSampling(Map<String, String> values, SamplingOptions sampling) {
    values.put("sampling.sampler", sampling.sampler().name());
    values.put("sampling.steps", Integer.toString(sampling.steps()));
    values.put("sampling.spacing", sampling.spacing().name());
    values.put("sampling.eta", Double.toString(sampling.eta()));
    values.put("sampling.start", sampling.start().name());
    values.put("sampling.start-timestep", Integer.toString(sampling.startTimestep()));
    values.put("sampling.guidance-scale", Double.toString(sampling.guidanceScale()));
    values.put("sampling.overlap-latents", Integer.toString(sampling.overlapLatents()));
    if (sampling.guidedInPart()) {
      GuidanceInterval interval = sampling.guidanceInterval();
      values.put("sampling.guidance-from-timestep", Integer.toString(interval.fromTimestep()));
      values.put("sampling.guidance-to-timestep", Integer.toString(interval.toTimestep()));
    }
    if (sampling.deepCache().active()) {
      values.put("sampling.deep-cache-interval", Integer.toString(sampling.deepCache().interval()));
      values.put("sampling.deep-cache-blocks", Integer.toString(sampling.deepCache().blocks()));
    }
    if (sampling.flatTiles().active()) {
      values.put("sampling.flat-tile-roughness", Double.toString(sampling.flatTiles().roughness()));
    }
    values.put("compat.ddim-tables", sampling.ddimTables().name());
    values.put("compat.gaussian-centre", sampling.gaussianCentre().name());
  }

  /** 32 hexadecimal digits; equal for equal parameters on any machine and in any version. */
  public String digest() {
    StringBuilder text = new StringBuilder();
    // Lengths make the text unambiguous whatever a prompt holds.
    values.forEach(
        (key, value) ->
            text.append(key).append('=').append(value.length()).append(':').append(value));
    return Digests.sha256(text.toString()).substring(0, 32);
  }
}
