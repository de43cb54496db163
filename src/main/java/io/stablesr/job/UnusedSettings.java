package io.stablesr.job;

import com.typesafe.config.Config;
import io.stablesr.core.Words;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.UpscaleMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Settings that change no pixel beside the others: those of another method, and those of what is
 * switched off. Neither is an error, because profiles and bundles set more than one job uses.
 * Finished images are recognised by most of them all the same ({@link Parameters}), so that a
 * command is repeated as it was.
 */
final class UnusedSettings {
  private static final List<String> OF_SAMPLING =
      List.of(
          "sampling.",
          "model.small-call-gflop",
          "model.replay",
          "compat.ddim-tables",
          "compat.gaussian-centre",
          "upscale.seed");

  private static final List<String> OF_THE_MODEL =
      List.of(
          "model.cleaner-weights",
          "upscale.pre-clean-severity",
          "upscale.prompt",
          "upscale.negative-prompt",
          "upscale.fusion-weight",
          "upscale.color-fix",
          "upscale.wavelet-levels");

  private static final List<String> OF_STRIPS = List.of("upscale.strip-pixels");

  private static final List<String> OF_NETWORKS = List.of("model.dtype", "upscale.vae-tile-pixels");

  private static final List<String> OF_ANY_NETWORK = List.of("model.device", "model.threads");

  private final Config settings;
  private final UpscaleMethod method;
  private final Map<String, String> reasons = new LinkedHashMap<>();

  private UnusedSettings(Config settings) {
    this.settings = settings;
    this.method =
        Words.parse(UpscaleMethod.class, "model.method", settings.getString("model.method"));
  }

  /**
   * Why a setting changes no pixel, by its path; those that matter are not in it.
   *
   * @param settings in effect
   */
  static Map<String, String> of(SettingKeys keys, Config settings) {
    UnusedSettings unused = new UnusedSettings(settings);
    for (SettingKey key : keys.all()) {
      unused.look(key.path());
    }
    return unused.reasons;
  }

  private void look(String path) {
    if (isOfAnotherMethod(path)) {
      reasons.put(path, "not used by the method " + method.word());
    } else if (path.startsWith("faces.") && !path.equals("faces.mode") && is("faces.mode", "off")) {
      reasons.put(path, "faces.mode is off");
    } else {
      String reason = switchedOff(path);
      if (!reason.isEmpty()) {
        reasons.put(path, reason);
      }
    }
  }

  private boolean isOfAnotherMethod(String path) {
    return switch (method) {
      case STABLESR -> false;
      case LDM -> isOf(path, OF_THE_MODEL) || isOf(path, OF_STRIPS);
      case BICUBIC, LANCZOS ->
          isOf(path, OF_THE_MODEL)
              || isOf(path, OF_SAMPLING)
              || isOf(path, OF_STRIPS)
              || isOf(path, OF_NETWORKS)
              // Faces are restored by networks whatever enlarges the picture.
              || (isOf(path, OF_ANY_NETWORK) && is("faces.mode", "off"));
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR, DASR, FEMASR ->
          isOf(path, OF_THE_MODEL) || isOf(path, OF_SAMPLING);
    };
  }

  private static boolean isOf(String path, List<String> group) {
    return group.stream()
        .anyMatch(some -> some.endsWith(".") ? path.startsWith(some) : path.equals(some));
  }

  /** Why it has no effect beside a setting of the same method; empty where it has. */
  private String switchedOff(String path) {
    return switch (path) {
      case "model.denoise-strength" ->
          settings.getString("model.weak-weights").isBlank()
              ? "there are no model.weak-weights"
              : "";
      // Where there is a cleaner, a manifest may ask for auto.
      case "upscale.pre-clean-severity" ->
          SettingsReader.cleaner(settings).isBlank() ? "upscale.pre-clean is off" : "";
      case "upscale.negative-prompt",
          "sampling.guidance-from-timestep",
          "sampling.guidance-to-timestep" ->
          settings.getDouble("sampling.guidance-scale") == 1 ? "sampling.guidance-scale is 1" : "";
      case "upscale.wavelet-levels" ->
          unless("upscale.color-fix", Set.of(Words.of(ColorFix.WAVELET)));
      case "sampling.eta", "compat.ddim-tables" ->
          unless("sampling.sampler", Set.of(Words.of(SamplerKind.DDIM)));
      case "sampling.deep-cache-blocks" ->
          settings.getInt("sampling.deep-cache-interval") == 1
              ? "sampling.deep-cache-interval is 1"
              : "";
      case "model.replay" -> is("model.device", "cpu") ? "model.device is cpu" : "";
      case "model.small-call-gflop" -> onGpu() ? "model.device is a GPU" : "";
      case "output.jpeg-quality" -> unless("output.format", Set.of("jpeg"));
      case "output.tiff-compression" -> unless("output.format", Set.of("tiff"));
      case "output.bits" -> unless("output.format", Set.of("png", "tiff"));
      default -> "";
    };
  }

  private boolean onGpu() {
    String device = settings.getString("model.device");
    return device.equals("gpu") || device.startsWith("cuda");
  }

  private String unless(String path, Set<String> words) {
    String word = settings.getString(path);
    return words.contains(word) ? "" : "%s is %s".formatted(path, word);
  }

  private boolean is(String path, String word) {
    return settings.getString(path).equals(word);
  }
}
