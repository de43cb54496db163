package io.stablesr.parity;

/**
 * How the draws of {@link SyntheticWeights} become values: the general rules and the exceptions of
 * the networks that need some. Every value is {@code offset + scale * u} or {@code offset + scale *
 * |u|}, with u in [-1, 1).
 */
public enum SyntheticRules {
  /** No exception: UNet, autoencoders, text encoder, RRDBNet, SwinIR, CodeFormer, face detector. */
  PLAIN(1, ""),
  /** Convolutions before ReLU (gain 2), non-negative linear heads. */
  LPIPS(2, ""),
  /** Convolutions before ReLU (gain 2), positive alpha and beta. */
  DISTS(2, ""),
  /** CLIP RN50 with text: gain 2 and the published temperature. */
  CLIP_IQA(2, ""),
  /** Inception features: gain 3. */
  FID(3, ""),
  /** Gain 2 and PReLU slopes near 0.25. */
  SRVGG(2, ""),
  /** The partner network of {@link #SRVGG}, which has the same keys and other values. */
  SRVGG_WDN(2, "wdn:"),
  /** Position embedding without fan-in. */
  MUSIQ(1, "");

  /** One affine rule. */
  record Affine(double offset, double scale, Sign sign) {
    static Affine signed(double offset, double scale) {
      return new Affine(offset, scale, Sign.KEPT);
    }

    static Affine absolute(double offset, double scale) {
      return new Affine(offset, scale, Sign.DROPPED);
    }
  }

  /** Whether the sign of the draw counts. */
  enum Sign {
    KEPT,
    DROPPED
  }

  private final double convolutionGain;
  private final String seedPrefix;

  SyntheticRules(double convolutionGain, String seedPrefix) {
    this.convolutionGain = convolutionGain;
    this.seedPrefix = seedPrefix;
  }

  /** The string that the seed is made of. */
  String seedName(String key) {
    return seedPrefix + key;
  }

  /** The rule for a floating-point tensor; the first that matches. */
  Affine ruleFor(String key, long[] shape) {
    Affine exception = exceptionFor(key, shape);
    if (exception != null) {
      return exception;
    }
    if (shape.length >= 2) {
      double gain = shape.length == 4 ? convolutionGain : 1;
      return Affine.signed(0, Math.sqrt(3.0 * gain / fanIn(shape)));
    }
    if (shape.length == 1 && key.endsWith("weight")) {
      return Affine.signed(1, 0.1);
    }
    return key.endsWith("running_var") ? Affine.absolute(1, 0.5) : Affine.signed(0, 0.05);
  }

  private Affine exceptionFor(String key, long[] shape) {
    return switch (this) {
      case LPIPS ->
          key.matches("lin[0-4]\\.model\\.1\\.weight")
              ? Affine.absolute(0, Math.sqrt(3.0 / shape[1]))
              : null;
      case DISTS -> key.equals("alpha") || key.equals("beta") ? Affine.signed(0.1, 0.05) : null;
      case CLIP_IQA -> key.equals("logit_scale") ? Affine.signed((float) Math.log(100), 0) : null;
      case SRVGG, SRVGG_WDN ->
          shape.length == 1 && key.matches("body\\.\\d*[13579]\\.weight")
              ? Affine.signed(0.25, 0.1)
              : null;
      case MUSIQ ->
          key.equals("transformer_encoder.posembed_input.position_emb")
              ? Affine.signed(0, 1)
              : null;
      case PLAIN, FID -> null;
    };
  }

  private static double fanIn(long[] shape) {
    long product = 1;
    for (int i = 1; i < shape.length; i++) {
      product *= shape[i];
    }
    return product;
  }
}
