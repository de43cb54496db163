package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.testing.Differences;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The embedded model with several images in flight. */
class SharedTilesTest {
  @TempDir private Path cache;

  @ParameterizedTest
  @EnumSource(TileSharing.class)
  void picturesAreTheSameWhateverIsComputedBesideThem(TileSharing sharing) {
    try (StableSr alone = open(TileSharing.WITHIN_IMAGE, ProcessorUse.turns(1));
        StableSr shared = open(sharing, new ProcessorUse(2, 1, 4))) {
      // Different steps: tiles at different timesteps meet in one call.
      List<UpscaleRequest> requests =
          IntStream.range(0, 8).mapToObj(i -> request(i, 2 + i % 2)).toList();
      List<FloatTensor> together = Concurrently.upscale(shared, requests, 4);
      for (int i = 0; i < requests.size(); i++) {
        FloatTensor expected = upscale(alone, requests.get(i));
        assertThat(Differences.maxAbs(together.get(i), expected)).isLessThan(1e-4);
      }
    }
  }

  /** To the bit, because threads go by the size of a call and not by what else is computed. */
  @Test
  void besideOthersAPictureIsTheSameToTheBit() {
    try (StableSr model = open(TileSharing.WITHIN_IMAGE, new ProcessorUse(2, 1, 4))) {
      List<UpscaleRequest> requests = IntStream.range(0, 8).mapToObj(i -> request(i, 2)).toList();
      List<FloatTensor> alone = requests.stream().map(r -> upscale(model, r)).toList();
      List<FloatTensor> together = Concurrently.upscale(model, requests, 4);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(together.get(i).data()).isEqualTo(alone.get(i).data());
      }
    }
  }

  private static FloatTensor upscale(StableSr model, UpscaleRequest request) {
    return model.upscale(request, UpscaleListener.NONE).image();
  }

  private static UpscaleRequest request(int seed, int steps) {
    Random random = new Random(seed);
    // Two sizes; one of them needs two tiles.
    FloatTensor picture = FloatTensor.zeros(3, seed % 4 == 3 ? 180 : 16, 20);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = 0.3f + 0.4f * random.nextFloat();
    }
    return new UpscaleRequest("image-" + seed, picture, Concurrently.options(4, steps));
  }

  private StableSr open(TileSharing sharing, ProcessorUse use) {
    return StableSr.load(
        ModelBundle.open("stablesr-mini", cache),
        TensorEngine.open(ComputeDevice.CPU, use),
        CompileOptions.EXACT,
        sharing,
        PhiloxNoise::new,
        System::nanoTime);
  }
}
