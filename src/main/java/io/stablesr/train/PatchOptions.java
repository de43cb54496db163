package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.file.Path;
import java.util.List;

/**
 * How patches are cut and degraded.
 *
 * @param photos folder of photographs
 * @param output folder of the patches
 * @param count patches altogether
 * @param side of a patch in pixels
 * @param rounds how often the photographs are gone through; more rounds mix them earlier
 * @param candidates places that are drawn for each patch, of which the one with most detail is
 *     taken; every fourth patch takes the first
 * @param presets degradations, by share
 * @param bicubicShare of patches that are only reduced
 * @param teacherParam the teacher's layers
 * @param teacherBin the teacher's weights
 * @param workers threads
 * @param seed of everything that is drawn
 */
public record PatchOptions(
    Path photos,
    Path output,
    int count,
    int side,
    int rounds,
    int candidates,
    List<Share> presets,
    double bicubicShare,
    Path teacherParam,
    Path teacherBin,
    int workers,
    long seed) {
  /**
   * A degradation and how often it is drawn, relative to the others.
   *
   * @param preset HOCON of a preset, such as {@code base = light}
   * @param weight above 0
   */
  public record Share(String preset, double weight) {}

  /** Checks the numbers. */
  public PatchOptions {
    presets = List.copyOf(presets);
    if (count < 1 || rounds < 1 || candidates < 1 || workers < 1) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "count, rounds, candidates and workers are %d, %d, %d and %d; each must be 1 or more."
              .formatted(count, rounds, candidates, workers));
    }
    if (side < 64 || side % 16 != 0) {
      throw new StableSrException(
          ErrorCode.CONFIG, "side is %d; it must be a multiple of 16, 64 or more.".formatted(side));
    }
    if (!(bicubicShare >= 0 && bicubicShare <= 1) || (presets.isEmpty() && bicubicShare < 1)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "bicubic-share is %s with %d presets; it must be in 0..1, and 1 where there is no preset."
              .formatted(bicubicShare, presets.size()));
    }
  }
}
