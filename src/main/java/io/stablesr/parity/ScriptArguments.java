package io.stablesr.parity;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ColorFix;
import java.util.HashMap;
import java.util.Map;

/** A published script and the arguments it was run with (SPEC 8); absent ones have its defaults. */
final class ScriptArguments {
  private final String script;
  private final PublishedGeometry geometry;
  private final Map<String, String> values = new HashMap<>();

  ScriptArguments(String script, String arguments) {
    this.script = script;
    this.geometry = geometry(script);
    String name = "";
    for (String word : arguments.strip().split("\\s+", -1)) {
      if (word.startsWith("--")) {
        name = word.substring(2);
        values.put(name, "");
      } else if (!name.isEmpty()) {
        values.merge(name, word, (before, more) -> (before + " " + more).strip());
      }
    }
  }

  private static PublishedGeometry geometry(String script) {
    if (script.contains("canvas_tile")) {
      return PublishedGeometry.CANVAS_TILE;
    }
    if (script.contains("canvas")) {
      return PublishedGeometry.CANVAS;
    }
    if (script.contains("vqganfin_old") || script.contains("negativeprompt")) {
      return PublishedGeometry.SQUARE;
    }
    throw new StableSrException(
        ErrorCode.CONFIG, "The script %s is not reproduced here.".formatted(script));
  }

  PublishedGeometry geometry() {
    return geometry;
  }

  boolean ddim() {
    return script.contains("_ddim_");
  }

  int steps() {
    return ddim() ? number("ddim_steps", 50) : number("ddpm_steps", 1000);
  }

  double eta() {
    return ddim() ? decimal("ddim_eta", 0) : 0;
  }

  double guidanceScale() {
    return values.containsKey("use_negative_prompt") ? decimal("scale", 7) : 1;
  }

  String prompt() {
    return values.containsKey("use_posi_prompt") ? Texts.POSITIVE : "";
  }

  int inputSize() {
    return number("input_size", 512);
  }

  double upscale() {
    return decimal("upscale", 4);
  }

  int overlapLatents() {
    return number("tile_overlap", 32);
  }

  int pixelTile() {
    return number("vqgantile_size", 1280);
  }

  int pixelStride() {
    return number("vqgantile_stride", 1000);
  }

  /** Pictures that the square scripts sample at once; tiles per evaluation of the others. */
  int samples() {
    return number("n_samples", geometry == PublishedGeometry.CANVAS_TILE && !ddim() ? 1 : 2);
  }

  double fusionWeight() {
    return decimal("dec_w", 0.5);
  }

  ColorFix colorFix() {
    return switch (values.getOrDefault("colorfix_type", "nofix")) {
      case "adain" -> ColorFix.ADAIN;
      case "wavelet" -> ColorFix.WAVELET;
      default -> ColorFix.NONE;
    };
  }

  private int number(String name, int otherwise) {
    return values.containsKey(name) ? Integer.parseInt(values.get(name)) : otherwise;
  }

  private double decimal(String name, double otherwise) {
    return values.containsKey(name) ? Double.parseDouble(values.get(name)) : otherwise;
  }
}
