package io.stablesr.restore;

import io.stablesr.core.Words;
import io.stablesr.network.RestorationNetwork.Family;

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
  SWINIR;

  /** Whether it is a network with a weight file of its own. */
  public boolean isNetwork() {
    return switch (this) {
      case STABLESR, BICUBIC, LANCZOS -> false;
      case REALESRGAN, ESRGAN, BSRGAN, REALSR, SWINIR -> true;
    };
  }

  /** Whether its weights may be of this kind. */
  boolean accepts(Family family) {
    return switch (this) {
      case STABLESR, BICUBIC, LANCZOS -> false;
      case REALESRGAN -> family == Family.RRDBNET || family == Family.SRVGG;
      case ESRGAN, BSRGAN, REALSR -> family == Family.RRDBNET;
      case SWINIR -> family == Family.SWINIR;
    };
  }

  /** As in settings. */
  public String word() {
    return Words.of(this);
  }
}
