package io.stablesr.parity;

import io.stablesr.image.ColorFix;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A published script and the arguments it was run with (docs/mathematics.md 6); absent ones have
 * its defaults.
 */
final class ScriptArguments {
  private final String script;
  private final PublishedGeometry geometry;
  private final Map<String, String> values = new HashMap<>();

  ScriptArguments(String script, String arguments) {
    this.script = script;
    this.geometry = geometry(script).orElseThrow();
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

  /** How the script lays pictures out; empty for a script that is not reproduced. */
  static Optional<PublishedGeometry> geometry(String script) {
    if (script.contains("canvas_tile")) {
      return Optional.of(PublishedGeometry.CANVAS_TILE);
    }
    if (script.contains("canvas")) {
      return Optional.of(PublishedGeometry.CANVAS);
    }
    boolean square = script.contains("vqganfin_old") || script.contains("negativeprompt");
    return square ? Optional.of(PublishedGeometry.SQUARE) : Optional.empty();
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
