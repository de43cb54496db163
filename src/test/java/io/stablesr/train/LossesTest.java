package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.image.ColorCorrection;
import io.stablesr.metric.TrunkInput;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossesTest {
  private final TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);

  @AfterEach
  void close() {
    engine.close();
  }

  private static FloatTensor random(int seed, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) random.nextDouble(-1, 1);
    }
    return tensor;
  }

  @Test
  void colorsAreCorrectedAsInRestoration() {
    FloatTensor content = random(1, 3, 40, 56);
    FloatTensor style = random(2, 3, 40, 56);
    for (int levels : new int[] {3, 5}) {
      try (Losses losses = new Losses(engine, levels, 0);
          TensorScope scope = engine.scope()) {
        float[] ours =
            losses
                .color(
                    scope,
                    scope.upload(content.reshape(1, 3, 40, 56)),
                    scope.upload(style.reshape(1, 3, 40, 56)))
                .download()
                .data();
        float[] expected = ColorCorrection.wavelet(content, style, levels).data();
        for (int i = 0; i < expected.length; i++) {
          assertThat(ours[i]).isCloseTo(expected[i], within(2e-5f));
        }
      }
    }
  }

  @Test
  void thePictureLossAddsLevelsAndSlopesOfTheInside() {
    FloatTensor out = FloatTensor.zeros(1, 3, 6, 6);
    FloatTensor target = FloatTensor.zeros(1, 3, 6, 6);
    out.data()[0] = 100;
    for (int c = 0; c < 3; c++) {
      out.data()[c * 36 + 2 * 6 + 2] = 3;
    }
    try (Losses losses = new Losses(engine, 1, 1);
        TensorScope scope = engine.scope()) {
      List<DeviceTensor> parts =
          losses.picture(scope, scope.upload(out), scope.upload(target), 0.5);
      // Inside are 4x4 pixels, one of them off by 3, with two neighbours along each axis.
      float level = (float) (3 + 15 * 1e-3) / 16;
      float slope = 2 * 6f / 12;
      assertThat(parts.get(1).item()).isCloseTo(level, within(1e-5f));
      assertThat(parts.get(2).item()).isCloseTo(slope, within(1e-5f));
      assertThat(parts.get(0).item()).isCloseTo(level + 0.5f * slope, within(1e-5f));
    }
  }

  @Test
  void divergenceIsThatOfNormals() {
    float mean = 0.5f;
    float logVariance = -1;
    FloatTensor moments = FloatTensor.of(new float[] {mean, 0, logVariance, 0}, 1, 4, 1, 1);
    try (Losses losses = new Losses(engine, 1, 0);
        TensorScope scope = engine.scope()) {
      double expected = 0.5 * (mean * mean + Math.exp(logVariance) - 1 - logVariance);
      assertThat(losses.divergence(scope, scope.upload(moments)).item())
          .isCloseTo((float) expected, within(1e-6f));
    }
  }

  @Test
  void meansOfSquaresAreTakenPerEntryFirst() {
    FloatTensor a = FloatTensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    FloatTensor b = FloatTensor.of(new float[] {0, 0, 0, 0}, 2, 2);
    try (Losses losses = new Losses(engine, 1, 0);
        TensorScope scope = engine.scope()) {
      assertThat(losses.squared(scope, scope.upload(a), scope.upload(b)).item())
          .isCloseTo(7.5f, within(1e-6f));
    }
  }

  @Test
  void trunksGetPicturesAsTheirWeightsWantThem() {
    FloatTensor picture = FloatTensor.of(new float[] {-1, 0, 1}, 1, 3, 1, 1);
    try (Losses losses = new Losses(engine, 1, 0);
        TensorScope scope = engine.scope()) {
      DeviceTensor x = scope.upload(picture);
      // Caffe: blue, green, red of 255, 127.5, 0 minus its means.
      assertThat(losses.trunkInput(scope, x, TrunkInput.CAFFE).download().data())
          .containsExactly(new float[] {151.061f, 10.721f, -123.68f}, within(1e-3f));
      assertThat(losses.trunkInput(scope, x, TrunkInput.LPIPS).download().data())
          .containsExactly(
              new float[] {-0.97f / 0.458f, 0.088f / 0.448f, 1.188f / 0.45f}, within(1e-5f));
    }
  }

  @Test
  void activationsAreComparedByDirection() {
    // Lengths 5 and 1: the directions (0.6, 0.8) and (1, 0) differ by 0.16 + 0.64.
    FloatTensor out = FloatTensor.of(new float[] {3, 4, 7, 1}, 2, 2, 1, 1);
    FloatTensor target = FloatTensor.of(new float[] {1, 0, 14, 2}, 2, 2, 1, 1);
    FloatTensor share = FloatTensor.of(new float[] {0.5f, 1}, 2, 1, 1, 1);
    try (Losses losses = new Losses(engine, 1, 0);
        TensorScope scope = engine.scope()) {
      DeviceTensor a = scope.upload(out);
      DeviceTensor b = scope.upload(target);
      DeviceTensor by = scope.upload(share);
      FloatTensor even = FloatTensor.of(new float[] {1}, 1);
      assertThat(losses.unlike(scope, a, b, even, by).item())
          .isCloseTo(0.8f * 0.5f / 2, within(1e-5f));
      FloatTensor head = FloatTensor.of(new float[] {2, 3}, 1, 2, 1, 1);
      assertThat(losses.unlike(scope, a, b, head, by).item())
          .isCloseTo((2 * 0.16f + 3 * 0.64f) * 0.5f / 2, within(1e-5f));
    }
  }

  @Test
  void judgementsAreLeftAtTheirMarginsAndCountByShare() {
    FloatTensor judgement = FloatTensor.of(new float[] {2, -0.5f, 0.5f, -3}, 2, 1, 1, 2);
    FloatTensor share = FloatTensor.of(new float[] {1, 0.5f}, 2, 1, 1, 1);
    try (Losses losses = new Losses(engine, 1, 0);
        TensorScope scope = engine.scope()) {
      DeviceTensor x = scope.upload(judgement);
      DeviceTensor by = scope.upload(share);
      assertThat(losses.real(scope, x, by).item())
          .isCloseTo((0 + 1.5f + 0.5f * (0.5f + 4)) / 4, within(1e-6f));
      assertThat(losses.fake(scope, x, by).item())
          .isCloseTo((3 + 0.5f + 0.5f * (1.5f + 0)) / 4, within(1e-6f));
      assertThat(losses.shared(scope, x, by).item())
          .isCloseTo((1.5f + 0.5f * -2.5f) / 4, within(1e-6f));
    }
  }
}
