package io.stablesr.bench;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.stablesr.degrade.Presets;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.PatchDiscriminator;
import io.stablesr.network.PatchDiscriminator.Normalization;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the networks that training evaluates as Python functions of torch calls, for {@code
 * notebooks/gpu_training}: the same recordings and the same names of weights as here. Arguments: a
 * bundle and the file to be written.
 */
public final class TrainingPrograms {
  /** Side that the discriminator is recorded at; it takes others too. */
  private static final int RECORDED_PIXELS = 256;

  private static final String PRESETS = "io/stablesr/degrade/presets.conf";

  private TrainingPrograms() {}

  /** Writes the file. */
  public static void main(String[] args) throws IOException {
    ModelDescription model = ModelBundle.open(args[0], ModelBundle.userCache()).description();
    Files.writeString(Path.of(args[1]), of(model, 64));
  }

  /**
   * The functions {@code encoder}, {@code decoder}, {@code fusing_decoder}, {@code denoiser},
   * {@code trunk} and {@code discriminator}, and what of the model is no weight.
   *
   * @param discriminatorChannels of the discriminator's first convolution
   * @throws IllegalArgumentException where the network does not predict a residual
   */
  public static String of(ModelDescription model, int discriminatorChannels) {
    if (!(model.parameterization() instanceof Parameterization.LrResidual residual)) {
      throw new IllegalArgumentException(
          "%s is of the kind %s; only lr-residual can be trained by the script."
              .formatted(model.name(), model.parameterization()));
    }
    Graphs graphs = new Graphs(model.architecture());
    return "import json\n"
        + PyTorchPrelude.FUNCTIONS
        + PyTorchProgram.function("encoder", graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE))
        + PyTorchProgram.function("decoder", graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE))
        + PyTorchProgram.function("fusing_decoder", graphs.fusingDecoder(Extent.TILE))
        + PyTorchProgram.function("denoiser", graphs.denoiser(Extent.TILE))
        + PyTorchProgram.function("trunk", PerceptualTrunk.SQUEEZE.graph())
        + PyTorchProgram.function(
            "discriminator",
            new PatchDiscriminator(discriminatorChannels, 3, Normalization.NONE)
                .graph(RECORDED_PIXELS))
        + """
        RESIDUAL_SCALE = %s
        LATENT_SCALE = %s
        LINEAR_START = %s
        LINEAR_END = %s
        NULL_CONTEXT = "%s"
        PRESETS = json.loads(r'''%s''')
        """
            .formatted(
                residual.residualScale(),
                model.latentScale(),
                model.linearStart(),
                model.linearEnd(),
                model.nullContext().orElse("null_context"),
                presets());
  }

  /** The degradation presets as JSON. */
  private static String presets() {
    return ConfigFactory.parseResources(Presets.class.getClassLoader(), PRESETS)
        .resolve()
        .root()
        .render(ConfigRenderOptions.concise());
  }
}
