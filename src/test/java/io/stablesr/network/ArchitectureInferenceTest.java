package io.stablesr.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.StableSrException;
import io.stablesr.testing.TinyModel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchitectureInferenceTest {
  @Test
  void theOfficialShapesGiveTheOfficialArchitecture() {
    assertThat(ArchitectureInference.infer(officialShapes(), UnseenNumbers.OFFICIAL))
        .isEqualTo(Architecture.OFFICIAL);
  }

  @Test
  void theNarrowCheckpointsGiveTheirArchitecture() {
    try (TinyModel tiny = new TinyModel()) {
      Weights weights = tiny.diffusion().overlay(tiny.autoencoder());
      Map<String, long[]> shapes = new LinkedHashMap<>();
      weights.names().forEach(name -> shapes.put(name, weights.get(name).shape()));

      assertThat(ArchitectureInference.infer(shapes, new UnseenNumbers(16, 4, 4, 32)))
          .isEqualTo(TinyModel.ARCHITECTURE);
      assertThatThrownBy(() -> ArchitectureInference.infer(shapes, UnseenNumbers.OFFICIAL))
          .isInstanceOf(StableSrException.class)
          .hasMessage(
              "--head-channels is 64, but the UNet attends over 32 channels, which 64 does not"
                  + " divide; the shapes do not show the number, so give the one the model was"
                  + " trained with.");
    }
  }

  @Test
  void headsThatDoNotDivideTheWidthsAreRefused() {
    assertThatThrownBy(
            () -> ArchitectureInference.infer(officialShapes(), new UnseenNumbers(64, 3, 16, 32)))
        .hasMessageStartingWith(
            "--encoder-heads is 3, but the time-aware encoder attends over 256 channels");
    assertThatThrownBy(
            () -> ArchitectureInference.infer(officialShapes(), new UnseenNumbers(64, 4, 12, 32)))
        .hasMessageStartingWith("--text-heads is 12, but the text encoder attends over 1024");
    assertThatThrownBy(
            () -> ArchitectureInference.infer(officialShapes(), new UnseenNumbers(64, 4, 16, 48)))
        .hasMessage("unet.model-channels is 320; it must be a multiple of unet.norm-groups = 48.");
  }

  @Test
  void shapesThatDecideNothingAreRefusedByName() {
    Map<String, long[]> shapes = officialShapes();
    shapes.remove("encoder.conv_in.weight");
    assertRefused(shapes, "1 key is missing (encoder.conv_in.weight)");

    shapes = officialShapes();
    shapes.put("encoder.conv_in.weight", new long[0]);
    assertRefused(shapes, "encoder.conv_in.weight has shape [], which needs 1 or more axes");

    shapes = officialShapes();
    shapes.put("model.diffusion_model.input_blocks.4.0.in_layers.2.weight", new long[] {641});
    assertRefused(shapes, "641 channels, which is no multiple of the first level's 320");

    shapes = officialShapes();
    shapes.keySet().removeIf(key -> key.startsWith("model.diffusion_model.input_blocks.3."));
    assertRefused(shapes, "the levels of model.diffusion_model have [5, 2, 2] residual blocks");

    shapes = officialShapes();
    shapes.put("encoder.down.123456789.block.0.conv1.weight", new long[] {1});
    assertRefused(shapes, "there is a key encoder.down.123456789");
  }

  private static void assertRefused(Map<String, long[]> shapes, String part) {
    assertThatThrownBy(() -> ArchitectureInference.infer(shapes, UnseenNumbers.OFFICIAL))
        .isInstanceOf(StableSrException.class)
        .hasMessageStartingWith("Cannot tell the architecture: ")
        .hasMessageContaining(part);
  }

  private static Map<String, long[]> officialShapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    OfficialKeys.diffusionCheckpoint(Architecture.OFFICIAL)
        .forEach((key, spec) -> shapes.put(key, spec.lengths()));
    OfficialKeys.autoencoderCheckpoint(Architecture.OFFICIAL)
        .forEach((key, spec) -> shapes.put(key, spec.lengths()));
    return shapes;
  }
}
