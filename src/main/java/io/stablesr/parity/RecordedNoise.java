package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.degrade.NoiseAdder;
import io.stablesr.degrade.NoiseColor;
import io.stablesr.degrade.NoiseShape;
import io.stablesr.degrade.RandomField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Noise with recorded draws; {@code gauss_noise/gray} says which pictures have grey noise. */
final class RecordedNoise {
  private final Replay replay;

  RecordedNoise(Replay replay) {
    this.replay = replay;
  }

  void check(List<FloatTensor> images) {
    if (!replay.golden().has("gauss_noise/gray")) {
      return;
    }
    float[] grey = replay.input("gauss_noise/gray").data();
    gaussian(images, grey);
    if (replay.golden().has("poisson/out")) {
      poisson(images, grey);
    }
  }

  private void gaussian(List<FloatTensor> images, float[] grey) {
    float[] sigma = replay.input("gauss_noise/sigma").data();
    FloatTensor plane = replay.input("gauss_noise/randn_gray_HxW");
    FloatTensor colored = replay.input("gauss_noise/randn_color");
    DegradationReplayer.check(
        replay,
        "gauss_noise/out",
        i -> {
          FloatTensor draws = grey[i] == 1 ? Slices.single(plane) : Slices.entry(colored, i);
          return NoiseAdder.add(
              images.get(i),
              new NoiseShape.Gaussian(sigma[i], color(grey[i])),
              new Given(draws, new ArrayList<>()),
              0);
        });
  }

  private void poisson(List<FloatTensor> images, float[] grey) {
    float[] scale = replay.input("poisson/scale").data();
    // Both rates of every picture are recorded, whichever noise it got.
    List<FloatTensor> greyRates = new ArrayList<>();
    List<FloatTensor> colorRates = new ArrayList<>();
    List<FloatTensor> results = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      FloatTensor ofGrey =
          noisy(images.get(i), scale[i], NoiseColor.GREY, "poisson/draw_gray", i, greyRates);
      FloatTensor ofColor =
          noisy(images.get(i), scale[i], NoiseColor.COLOR, "poisson/draw_color", i, colorRates);
      results.add(grey[i] == 1 ? ofGrey : ofColor);
    }
    Tolerance tolerance = replay.tolerances().arithmetic();
    replay.check("poisson/rate_gray", Slices.stack(greyRates), tolerance);
    replay.check("poisson/rate_color", Slices.stack(colorRates), tolerance);
    replay.check("poisson/out", Slices.stack(results), tolerance);
  }

  private FloatTensor noisy(
      FloatTensor image,
      float scale,
      NoiseColor color,
      String draws,
      int index,
      List<FloatTensor> rates) {
    FloatTensor counts = Slices.entry(replay.input(draws), index);
    return NoiseAdder.add(image, new NoiseShape.Poisson(scale, color), new Given(counts, rates), 0);
  }

  private static NoiseColor color(float grey) {
    return grey == 1 ? NoiseColor.GREY : NoiseColor.COLOR;
  }

  /** Gives recorded numbers and keeps the rates it was asked for. */
  private record Given(FloatTensor numbers, List<FloatTensor> rates) implements RandomField {
    @Override
    public FloatTensor normal(int draw, int channels, int height, int width) {
      requireShape(channels, height, width);
      return numbers;
    }

    @Override
    public FloatTensor poisson(int draw, FloatTensor wanted) {
      requireShape(wanted.shape());
      rates.add(wanted);
      return numbers;
    }

    private void requireShape(int... shape) {
      if (!Arrays.equals(numbers.shape(), shape)) {
        throw new IllegalArgumentException(
            "Recorded are %s, needed %s".formatted(numbers, Arrays.toString(shape)));
      }
    }
  }
}
