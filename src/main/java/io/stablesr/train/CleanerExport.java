package io.stablesr.train;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a trained cleaner: its weights in fp16 under the published names of SRVGGNetCompact, which
 * say everything about its shape, and a {@code model.conf} that describes it.
 */
final class CleanerExport {
  private static final String WEIGHTS = "cleaner.safetensors";
  private static final String CONF = "model.conf";
  private static final String TEXT =
      """
      # A small network that removes noise, blur and JPEG artefacts, trained by this project
      # on freely licensed photographs (docs/model-card.md).
      format = 1
      name = "%s"
      licence = "Apache-2.0"

      files = [
        {
          name = "%s"
          bytes = %d
          sha256 = "%s"
        }
      ]

      # SRVGGNetCompact with PReLU: body.0 to body.%d, pictures in 0..1.
      network = srvgg
      scale = %d
      channels = %d
      convolutions = %d
      """;

  private CleanerExport() {}

  /**
   * Writes both files; {@code model.conf} comes last.
   *
   * @throws StableSrException CHECKPOINT_KEYS where a weight is missing or has another shape
   */
  static void write(Path folder, String name, SrvggNet network, Map<String, FloatTensor> weights)
      throws IOException {
    Files.createDirectories(folder);
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    int side = CleanerNetworks.RECORDED_PIXELS;
    for (ParameterSpec spec : network.graph(side, side).parameters().values()) {
      int[] shape = spec.dims();
      FloatTensor weight = weights.get(spec.key());
      if (weight == null || !Arrays.equals(weight.shape(), shape)) {
        throw new StableSrException(
            ErrorCode.CHECKPOINT_KEYS,
            "The files of init have no tensor '%s' of shape %s; channels, convolutions and scale must be those of the training."
                .formatted(spec.key(), spec.shape()));
      }
      writer.add(spec.key(), weight, ElementType.F16);
    }
    Path file = folder.resolve(WEIGHTS);
    writer.write(file);
    String conf =
        TEXT.formatted(
            name,
            WEIGHTS,
            Files.size(file),
            Digests.sha256(file),
            2 * network.convolutions() + 2,
            network.scale(),
            network.channels(),
            network.convolutions());
    ReplacedFile.writeText(folder.resolve(CONF), conf);
  }
}
