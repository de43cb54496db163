package io.stablesr.restore;

import com.typesafe.config.ConfigFactory;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Architecture;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import io.stablesr.restore.ImportRequest.Existing;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Posterior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a complete bundle whose weights are synthetic: what it makes of a picture means nothing,
 * but costs what a trained model of the same architecture costs. One tensor is held at a time.
 */
public final class SyntheticModelFolder {
  private static final String NULL_CONTEXT = "null_context";
  private static final int CONTEXT_TOKENS = 77;

  private SyntheticModelFolder() {}

  /**
   * Writes the folder, which must not exist.
   *
   * @param architecture without text encoder: the context of the empty prompt is stored
   */
  public static void write(
      Path folder, Architecture architecture, int tileLatents, WorkGeometry geometry)
      throws IOException {
    Map<String, Map<String, long[]>> keys = BundleKeys.of(architecture).files();
    long bytes =
        keys.values().stream()
            .flatMap(shapes -> shapes.values().stream())
            .mapToLong(shape -> ElementType.F32.bytes() * SyntheticWeights.size(shape))
            .sum();
    try (BundleFolder target = BundleFolder.create(folder, Existing.REFUSE, bytes + (1 << 20))) {
      List<BundleFile> files = new ArrayList<>();
      for (Map.Entry<String, Map<String, long[]>> entry : keys.entrySet()) {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        entry
            .getValue()
            .forEach(
                (key, shape) ->
                    SyntheticWeights.add(
                        writer, key, shape, ElementType.F32, SyntheticRules.PLAIN));
        if (entry.getKey().equals(BundleKeys.DIFFUSION)) {
          writer.add(NULL_CONTEXT, context(architecture), ElementType.F32);
        }
        Path file = target.file(entry.getKey());
        writer.write(file);
        files.add(new BundleFile(entry.getKey(), Files.size(file), Digests.sha256(file)));
      }
      ModelDescription model =
          new ModelDescription(
              folder.getFileName().toString(),
              "none: synthetic weights",
              architecture,
              new Parameterization.Eps(),
              0.18215,
              Posterior.SAMPLE,
              0.00085,
              0.012,
              tileLatents,
              geometry,
              Optional.of(NULL_CONTEXT),
              files,
              List.of(),
              ConfigFactory.empty());
      Files.writeString(target.file("model.conf"), ModelConfWriter.text(model));
      target.publish();
    }
  }

  /** Values of variance 1, as a text encoder's last normalisation gives them. */
  private static FloatTensor context(Architecture architecture) {
    int width = architecture.unet().contextWidth();
    long[] shape = {(long) CONTEXT_TOKENS * width, 1};
    float[] values = SyntheticWeights.values(NULL_CONTEXT, shape, SyntheticRules.PLAIN);
    return FloatTensor.of(values, 1, CONTEXT_TOKENS, width);
  }
}
