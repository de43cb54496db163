package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.network.Architecture;
import io.stablesr.testing.SamplingSetup;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official layout at narrow widths. */
class SyntheticModelFolderTest {
  static final Architecture NARROW =
      new Architecture(
          TinyModel.ARCHITECTURE.unet(),
          TinyModel.ARCHITECTURE.conditionEncoder(),
          TinyModel.ARCHITECTURE.autoencoder(),
          Optional.empty());

  @TempDir private Path folder;

  @Test
  void theFolderIsABundleThatUpscales() throws IOException {
    Path target = folder.resolve("narrow");
    SyntheticModelFolder.write(target, NARROW, 8, new WorkGeometry(64, 0, 32));
    ModelBundle bundle = ModelBundle.open(target.toString(), folder.resolve("cache"));

    try (StableSr model =
        StableSr.load(
            bundle,
            TensorEngine.open(ComputeDevice.CPU, 1),
            CompileOptions.EXACT,
            PhiloxNoise::new,
            System::nanoTime)) {
      FloatTensor picture = FloatTensor.zeros(3, 16, 20);
      Arrays.fill(picture.data(), 0.5f);
      UpscaleOptions options =
          new UpscaleOptions(
              4,
              SamplingSetup.of(SamplerKind.DDPM, 2).overlapLatents(4).options(),
              0.5,
              ColorFix.ADAIN,
              5,
              512,
              "",
              "",
              1);
      UpscaleResult result =
          model.upscale(new UpscaleRequest("a", picture, options), UpscaleListener.NONE);

      assertThat(result.image().shape()).containsExactly(3, 64, 80);
      assertThat(result.tiles()).isEqualTo(2);
    }
    assertThat(bundle.description().architecture()).isEqualTo(NARROW);
    try (var files = Files.list(target)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "autoencoder.safetensors", "diffusion.safetensors", "model.conf");
    }
  }

  @Test
  void anExistingFolderIsRefused() {
    assertThatThrownBy(
            () -> SyntheticModelFolder.write(folder, NARROW, 8, new WorkGeometry(64, 0, 32)))
        .isInstanceOf(StableSrException.class)
        .hasMessageStartingWith(folder + " exists already");
    assertThat(folder).isEmptyDirectory();
  }
}
