package io.stablesr.network;

/**
 * Architecture of the OpenCLIP text tower.
 *
 * @param width model width, 1024 officially
 * @param layers layers in the file, 24; all but the last are evaluated
 * @param heads attention heads, 16
 * @param vocabulary token ids, 49408
 * @param contextLength tokens per prompt, 77
 */
public record TextEncoderConfig(
    int width, int layers, int heads, int vocabulary, int contextLength) {
  /** ViT-H-14. */
  public static final TextEncoderConfig OFFICIAL = new TextEncoderConfig(1024, 24, 16, 49408, 77);

  /** Checks every value. */
  public TextEncoderConfig {
    Checks.positive("text-encoder.width", width);
    Checks.positive("text-encoder.layers", layers);
    Checks.positive("text-encoder.heads", heads);
    Checks.positive("text-encoder.vocabulary", vocabulary);
    Checks.positive("text-encoder.context-length", contextLength);
    Checks.divisible("text-encoder.width", width, "text-encoder.heads", heads);
  }
}
