package io.stablesr.checkpoint;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which of the published files a set of tensor names belongs to. */
public enum CheckpointKind {
  /**
   * Everything for sampling: UNet with SFT layers, structure encoder, autoencoder, text encoder.
   */
  STABLESR("the StableSR diffusion file (stablesr_*.ckpt)"),
  /** Stable Diffusion without the StableSR parts. */
  STABLE_DIFFUSION("a Stable Diffusion base file (v2-1_*.ckpt)"),
  /** Only what StableSR adds to Stable Diffusion, to be laid over a base file. */
  SR_MODULE("the SR-module-only file (webui_*.ckpt), which needs a Stable Diffusion base file"),
  /** The autoencoder whose decoder fuses encoder features (CFW). */
  CFW_AUTOENCODER("the CFW autoencoder file (vqgan_cfw_*.ckpt)"),
  /** Only the fusion layers of the CFW autoencoder. */
  CFW_MODULE("the CFW-fusion-layers-only file, which needs an autoencoder file"),
  /** An autoencoder without fusion layers. */
  AUTOENCODER("a plain autoencoder file"),
  /** None of these. */
  UNKNOWN("no StableSR or Stable Diffusion file");

  private static final String UNET = "model.diffusion_model.";
  private static final String STRUCTURE = "structcond_stage_model.";
  private static final String FUSION = "decoder.fusion_layer_";

  private final String description;

  CheckpointKind(String description) {
    this.description = description;
  }

  /** The kind that these tensor names belong to. */
  public static CheckpointKind of(Collection<String> names) {
    boolean spade = any(names, name -> name.startsWith(UNET) && name.contains(".spade."));
    boolean structure = any(names, name -> name.startsWith(STRUCTURE));
    boolean unet = any(names, name -> name.startsWith(UNET) && !name.contains(".spade."));
    if (unet) {
      return spade && structure ? STABLESR : STABLE_DIFFUSION;
    }
    if (spade && structure) {
      return SR_MODULE;
    }
    boolean fusion = any(names, name -> name.startsWith(FUSION));
    boolean encoder = any(names, name -> name.startsWith("encoder."));
    boolean decoder = any(names, name -> name.startsWith("decoder.") && !name.startsWith(FUSION));
    if (encoder && decoder) {
      return fusion ? CFW_AUTOENCODER : AUTOENCODER;
    }
    return fusion && !encoder && !decoder ? CFW_MODULE : UNKNOWN;
  }

  private static boolean any(Collection<String> names, Predicate<String> test) {
    return names.stream().anyMatch(test);
  }

  /** What the file is, as a part of a sentence. */
  public String description() {
    return description;
  }

  /** "looks like ...", for error messages. */
  public String looksLike() {
    return "looks like " + description;
  }

  /**
   * Checks that a file is what the user says it is.
   *
   * @return its kind, one of {@code accepted}
   * @throws StableSrException CHECKPOINT_KEYS saying what the file looks like and what was expected
   */
  public static CheckpointKind require(Checkpoint checkpoint, CheckpointKind... accepted) {
    CheckpointKind kind = of(checkpoint.names());
    if (Arrays.asList(accepted).contains(kind)) {
      return kind;
    }
    throw new StableSrException(
        ErrorCode.CHECKPOINT_KEYS,
        "%s %s; expected %s"
            .formatted(
                checkpoint.file(),
                kind.looksLike(),
                Arrays.stream(accepted)
                    .map(CheckpointKind::description)
                    .collect(Collectors.joining(" or "))));
  }
}
