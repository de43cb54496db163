package io.stablesr.restore;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.Replay;
import io.stablesr.image.ColorFix;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import io.stablesr.restore.faces.FaceSettings;
import io.stablesr.testing.SamplingSetup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Weight files of small restoration networks, and pictures for them. */
final class NetworkSamples {
  /** The embedded model. */
  static final ModelSettings MINI = new ModelSettings("stablesr-mini", ModelDtype.FP32, "cpu", 1);

  private NetworkSamples() {}

  /** Synthetic weights; the last layer is damped so that results stay near 0..1. */
  static Map<String, FloatTensor> weights(RestorationNetwork network) {
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    network
        .graph(32, 32)
        .parameters()
        .forEach(
            (key, spec) -> {
              float[] values = SyntheticWeights.values(key, spec.lengths(), SyntheticRules.PLAIN);
              if (key.equals("conv_last.weight")) {
                for (int i = 0; i < values.length; i++) {
                  values[i] *= 0.3f;
                }
              }
              if (key.equals("conv_last.bias")) {
                Arrays.fill(values, 0.5f);
              }
              weights.put(key, FloatTensor.of(values, spec.dims()));
            });
    return weights;
  }

  static Path write(Path file, Map<String, FloatTensor> weights, UnaryOperator<String> name) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    weights.forEach((key, value) -> writer.add(name.apply(key), value, ElementType.F32));
    writer.write(file);
    return file;
  }

  static Path write(Path file, RestorationNetwork network) {
    return write(file, weights(network), key -> key);
  }

  static FloatTensor picture(int height, int width, long seed) {
    Random random = new Random(seed);
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = random.nextFloat();
    }
    return picture;
  }

  static UpscaleOptions options(double scale, int tilePixels) {
    return new UpscaleOptions(
        scale,
        SamplingSetup.of(SamplerKind.DDIM, 4).options(),
        1,
        ColorFix.NONE,
        3,
        tilePixels,
        "",
        "",
        42);
  }

  static ModelSettings settings(UpscaleMethod method, NetworkFiles files) {
    return settings(method, files, NetworkFiles.NONE, Optional.empty());
  }

  /** The embedded model behind a cleaner. */
  static ModelSettings cleanedBy(NetworkFiles cleaner) {
    return settings(UpscaleMethod.STABLESR, NetworkFiles.NONE, cleaner, Optional.empty());
  }

  /** The embedded model with restored faces. */
  static ModelSettings withFaces(FaceSettings faces) {
    return settings(
        UpscaleMethod.STABLESR, NetworkFiles.NONE, NetworkFiles.NONE, Optional.of(faces));
  }

  private static ModelSettings settings(
      UpscaleMethod method,
      NetworkFiles files,
      NetworkFiles cleaner,
      Optional<FaceSettings> faces) {
    return new ModelSettings(
        "stablesr-mini",
        ModelDtype.FP32,
        "cpu",
        ProcessorUse.turns(1),
        Replay.WHERE_POSSIBLE,
        TileSharing.WITHIN_IMAGE,
        method,
        files,
        cleaner,
        faces);
  }
}
