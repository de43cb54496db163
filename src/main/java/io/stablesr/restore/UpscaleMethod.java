package io.stablesr.restore;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.Words;
import io.stablesr.network.RestorationNetwork.Family;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What makes results. */
public enum UpscaleMethod {
  /** The diffusion model of a bundle. */
  STABLESR,
  /** Bicubic enlargement as Pillow does it. */
  BICUBIC,
  /** Lanczos enlargement as Pillow does it. */
  LANCZOS,
  /** Real-ESRGAN: RRDBNet, or the compact network. */
  REALESRGAN,
  /** ESRGAN. */
  ESRGAN,
  /** BSRGAN. */
  BSRGAN,
  /** RealSR. */
  REALSR,
  /** SwinIR for photographs. */
  SWINIR,
  /** DASR: kernels mixed from those of experts. */
  DASR,
  /** FeMaSR: entries of a codebook of good pictures. */
  FEMASR,
  /** Latent diffusion with the input beside the latent, x4. */
  LDM;

  /**
   * As published for super-resolution: 100 steps of DDIM with fresh noise, from noise alone. The
   * others are those of the reference, which a bundle's defaults would replace.
   */
  private static final Map<String, Object> LDM_DEFAULTS =
      Map.of(
          "sampling.sampler",
          "ddim",
          "sampling.steps",
          100,
          "sampling.eta",
          1.0,
          "sampling.start",
          "pure-noise",
          "sampling.start-timestep",
          999,
          "sampling.spacing",
          "linspace",
          "sampling.overlap-latents",
          32,
          "sampling.guidance-scale",
          1.0,
          "sampling.deep-cache-interval",
          1,
          "sampling.flat-tile-roughness",
          0.0);

  /** Whether it is a network with a weight file of its own. */
  public boolean isNetwork() {
    return switch (this) {
      case STABLESR, BICUBIC, LANCZOS -> false;
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR, DASR, FEMASR, LDM -> true;
    };
  }

  /** Whether networks make the result. */
  public boolean hasNetworks() {
    return this == STABLESR || isNetwork();
  }

  /** The words of the methods of which something holds, for people. */
  static String words(Predicate<UpscaleMethod> which, String separator) {
    return Stream.of(values())
        .filter(which)
        .map(UpscaleMethod::word)
        .collect(Collectors.joining(separator));
  }

  /** Whether it samples a latent in steps. */
  public boolean isDiffusion() {
    return this == STABLESR || this == LDM;
  }

  /** Settings, with paths below {@code stablesr}, that it wants instead of the reference ones. */
  public Config defaults() {
    return this == LDM ? ConfigFactory.parseMap(LDM_DEFAULTS) : ConfigFactory.empty();
  }

  /** The files that its weights may be in, for people. */
  String fileTypes() {
    return switch (this) {
      case LDM -> "a .ckpt, .pth or .safetensors file";
      case DASR ->
          "net_g.pth, and model.predictor-weights (--predictor-weights), net_p.pth; .ckpt and .safetensors files do too";
      case REALESRGAN ->
          "a .pth, .ckpt or .safetensors file, or of the compact network also a .param or .bin file of ncnn";
      default -> "a .pth, .ckpt or .safetensors file";
    };
  }

  /** Whether its weights may be of this kind. */
  boolean accepts(Family family) {
    return switch (this) {
      case STABLESR, BICUBIC, LANCZOS, LDM -> false;
      case REALESRGAN -> family == Family.RRDBNET || family == Family.SRVGG;
      case ESRGAN, BSRGAN, REALSR -> family == Family.RRDBNET;
      case SWINIR -> family == Family.SWINIR;
      case DASR -> family == Family.DASR;
      case FEMASR -> family == Family.FEMASR;
    };
  }

  /** As in settings. */
  public String word() {
    return Words.of(this);
  }
}
