package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded results of torch and Pillow. */
class ResizeGoldenTest {
  /** Values reach 1.5; torch fuses some of the additions. */
  private static final float MAX_ABS = 2e-6f;

  private final Goldens goldens = Goldens.of("13_resize");

  @ParameterizedTest
  @ValueSource(strings = {"bicubic0", "bicubic1", "bicubic2", "bicubic3", "bicubic_down"})
  void bicubicMatchesTorch(String name) {
    FloatTensor expected = picture(name + "/out");
    FloatTensor actual =
        TorchResize.bicubic(picture(name + "/in"), expected.dim(1), expected.dim(2));
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(Pictures.maxDifference(actual, expected)).isLessThan(MAX_ABS);
  }

  @Test
  void bilinearAndCenterCropMatchTorchvision() {
    FloatTensor in = picture("torchvision_resize128_crop/in");
    FloatTensor expected = picture("torchvision_resize128_crop/out");
    FloatTensor resized = TorchResize.bilinear(in, 128, 128 * in.dim(2) / in.dim(1));
    FloatTensor cropped = Borders.centerCrop(resized, 128, 128);
    assertThat(Pictures.maxDifference(cropped, expected)).isLessThan(MAX_ABS);
  }

  @Test
  void reflectPadMatchesTorch() {
    FloatTensor in = picture("reflect_pad/in");
    FloatTensor padded = Borders.reflectPad(in, Margins.bottomRight(64 - 40, 64 - 50));
    assertThat(padded.data()).isEqualTo(picture("reflect_pad/out").data());
  }

  @ParameterizedTest
  @ValueSource(strings = {"floor8", "floor32"})
  void lanczosMatchesPillowBitForBit(String name) {
    FloatTensor in = pillow("pil_lanczos/in");
    FloatTensor expected = pillow("pil_lanczos/" + name);
    FloatTensor actual = PilResize.lanczos(in, expected.dim(1), expected.dim(2));
    assertThat(actual.data()).isEqualTo(expected.data());
  }

  private FloatTensor picture(String name) {
    return Goldens.picture(goldens.tensor(name), 0);
  }

  /** From {@code [H,W,3]} bytes to {@code [3,H,W]} in 0..1. */
  private FloatTensor pillow(String name) {
    FloatTensor interleaved = goldens.tensor(name);
    int plane = interleaved.dim(0) * interleaved.dim(1);
    FloatTensor planar = FloatTensor.zeros(3, interleaved.dim(0), interleaved.dim(1));
    for (int i = 0; i < interleaved.size(); i++) {
      planar.data()[i % 3 * plane + i / 3] = interleaved.data()[i] / 255f;
    }
    return planar;
  }
}
