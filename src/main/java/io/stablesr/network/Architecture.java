package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Objects;
import java.util.Optional;

/**
 * The shapes of all networks of one model.
 *
 * @param unet denoiser
 * @param conditionEncoder time-aware encoder
 * @param autoencoder autoencoder with CFW
 * @param textEncoder text tower; absent where a model has one constant context
 */
public record Architecture(
    UnetConfig unet,
    ConditionEncoderConfig conditionEncoder,
    AutoencoderConfig autoencoder,
    Optional<TextEncoderConfig> textEncoder) {
  /** The published model. */
  public static final Architecture OFFICIAL =
      new Architecture(
          UnetConfig.OFFICIAL,
          ConditionEncoderConfig.OFFICIAL,
          AutoencoderConfig.OFFICIAL,
          Optional.of(TextEncoderConfig.OFFICIAL));

  /** Checks that the networks fit each other. */
  public Architecture {
    Objects.requireNonNull(textEncoder, "textEncoder");
    same("condition-encoder.levels", conditionEncoder.levels(), "unet.levels", unet.levels());
    same(
        "condition-encoder.out-channels",
        conditionEncoder.outChannels(),
        "unet.condition-channels",
        unet.conditionChannels());
    same(
        "autoencoder.latent-channels",
        autoencoder.latentChannels(),
        "unet.latent-channels",
        unet.latentChannels());
    textEncoder.ifPresent(
        text ->
            same("text-encoder.width", text.width(), "unet.context-width", unet.contextWidth()));
  }

  private static void same(String name, int value, String otherName, int other) {
    if (value != other) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "%s is %d and %s is %d; they must be equal.".formatted(name, value, otherName, other));
    }
  }
}
