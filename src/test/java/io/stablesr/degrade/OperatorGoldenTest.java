package io.stablesr.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.FloatTensor;
import io.stablesr.testing.Differences;
import io.stablesr.testing.Goldens;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Recorded results of filters, sharpening, resizing, JPEG and noise, of both sets. */
class OperatorGoldenTest {
  private static final double FLOAT = 2e-6;

  private final Goldens parts = Goldens.of("17_degradation_parts");
  private final Goldens operators = Goldens.ofOperators("degrade");

  @Test
  void filteringMatches() {
    for (int i = 0; i < 2; i++) {
      Kernel kernel = Kernel.of(parts.tensor("filter2D/kernels", i));
      requireClose(
          "filter2D", KernelFilter.apply(image(i), kernel), parts.tensor("filter2D/out", i));
    }
    FloatTensor picture = operatorImage("image");
    requireClose(
        "plateau",
        KernelFilter.apply(
            picture, Kernel.of(new KernelShape.Blur(KernelFamily.PLATEAU_ISO, 15, 1.2, 1.2, 0, 1))),
        operators.tensor("filter2D.plateau_iso.0", 0));
    requireClose(
        "aniso",
        KernelFilter.apply(
            picture, Kernel.of(new KernelShape.Blur(KernelFamily.ANISO, 21, 1.5, 0.5, 0.7, 1))),
        operators.tensor("filter2D.aniso.1", 0));
    // Recorded with a border of zeros, which changes nothing.
    requireClose(
        "sinc",
        KernelFilter.apply(picture, Kernel.of(new KernelShape.Sinc(11, 2))),
        operators.tensor("filter2D.sinc.1", 0));
    requireClose(
        "sinc of a batch",
        KernelFilter.apply(
            operatorImage("image2"), Kernel.of(new KernelShape.Sinc(7, Math.PI / 3))),
        operators.tensor("filter2D.batch_sinc1_sinc0", 1));
  }

  @Test
  void sharpeningMatches() {
    double[] line = new Sharpening(0.5, 50, 10).line();
    double[] kernel = parts.doubles("usm/kernel");
    for (int i = 0; i < kernel.length; i++) {
      assertThat(line[i / 51] * line[i % 51])
          .isCloseTo(kernel[i], org.assertj.core.data.Offset.offset(1e-9));
    }
    for (int i = 0; i < 2; i++) {
      requireClose(
          "usm " + i, new Sharpening(0.5, 50, 10).apply(image(i)), parts.tensor("usm/out", i));
    }
    FloatTensor picture = operatorImage("image");
    requireClose(
        "usm", new Sharpening(0.5, 50, 10).apply(picture), operators.tensor("usm.w0.5_r50_t10", 0));
    requireClose(
        "usm, small", new Sharpening(1, 11, 4).apply(picture), operators.tensor("usm.second", 0));
  }

  @Test
  void resizingMatches() {
    for (ResizeMode mode : ResizeMode.values()) {
      String name = mode.name().toLowerCase(java.util.Locale.ROOT);
      for (int i = 0; i < 2; i++) {
        for (double factor : new double[] {0.73, 1.27}) {
          requireClose(
              name + factor,
              mode.byFactor(image(i), factor),
              parts.tensor("resize/" + name + "_scale" + factor, i));
        }
        requireClose(
            name, mode.toSize(image(i), 18, 15), parts.tensor("resize/" + name + "_size18x15", i));
      }
      Goldens resample = Goldens.ofOperators("resample");
      for (String factor : new String[] {"0.25", "0.7", "1.37"}) {
        requireClose(
            name + " " + factor,
            mode.byFactor(resample.tensor("image_f32", 0), Double.parseDouble(factor)),
            resample.tensor("torch.scale." + name + "." + factor, 0));
      }
    }
  }

  @Test
  void jpegMatches() {
    for (int i = 0; i < 2; i++) {
      requireJpeg("q80", image(i), 80, parts.tensor("jpeg/q80_float", i));
      requireJpeg("q30_77", image(i), i == 0 ? 30 : 77, parts.tensor("jpeg/q30_77", i));
      requireJpeg("q60_95", image(i), i == 0 ? 60 : 95, parts.tensor("jpeg/q60_95", i));
    }
    FloatTensor picture = operatorImage("image");
    for (int quality : new int[] {30, 60, 95}) {
      requireJpeg("q" + quality, picture, quality, operators.tensor("diffjpeg.q" + quality, 0));
    }
    requireJpeg("batch 0", picture, 72.25, operators.tensor("diffjpeg.batch", 0));
    requireJpeg("batch 1", operatorImage("image2"), 93.5, operators.tensor("diffjpeg.batch", 1));
  }

  @Test
  void gaussianNoiseMatches() {
    for (int i = 0; i < 2; i++) {
      NoiseColor color =
          parts.floats("gauss_noise/gray")[i] == 1 ? NoiseColor.GREY : NoiseColor.COLOR;
      requireClose(
          "17, " + i,
          gaussian(
              image(i),
              parts.floats("gauss_noise/sigma")[i],
              color,
              parts.tensor("gauss_noise/randn_gray_HxW"),
              parts.tensor("gauss_noise/randn_color", i)),
          parts.tensor("gauss_noise/out", i));
      FloatTensor picture = operatorImage(i == 0 ? "image" : "image2");
      FloatTensor grey = operators.tensor("noise.normal_gray");
      FloatTensor colored = operators.tensor("noise.normal_color", i);
      double sigma = i == 0 ? 7.5 : 14;
      requireClose(
          "color",
          gaussian(picture, sigma, NoiseColor.COLOR, grey, colored),
          operators.tensor("noise.gaussian.color", i));
      requireClose(
          "grey",
          gaussian(picture, sigma, i == 0 ? NoiseColor.GREY : NoiseColor.COLOR, grey, colored),
          operators.tensor("noise.gaussian.gray1", i));
    }
  }

  @Test
  void poissonNoiseMatches() {
    for (int i = 0; i < 2; i++) {
      // Sample 1 of the first set is grey, as in its Gaussian part; the rates tell.
      int sample = i;
      NoiseColor color = poissonIsGrey(sample) ? NoiseColor.GREY : NoiseColor.COLOR;
      String kind = color == NoiseColor.GREY ? "gray" : "color";
      FloatTensor out =
          NoiseAdder.add(
              image(i),
              new NoiseShape.Poisson(parts.floats("poisson/scale")[i], color),
              new RecordedField(
                  parts.tensor("poisson/draw_" + kind, i),
                  rates ->
                      requireClose(
                          "rates", rates, parts.tensor("poisson/rate_" + kind, sample), 2e-5)),
              0);
      requireClose("poisson " + i, out, parts.tensor("poisson/out", i));
      FloatTensor picture = operatorImage(i == 0 ? "image" : "image2");
      double scale = i == 0 ? 0.8 : 1.7;
      requireClose(
          "color",
          poisson(
              picture, scale, NoiseColor.COLOR, operators.tensor("noise.poisson.color.draw", i)),
          operators.tensor("noise.poisson.color", i));
      requireClose(
          "grey of the first",
          i == 0
              ? poisson(
                  picture,
                  scale,
                  NoiseColor.GREY,
                  operators.tensor("noise.poisson.gray1.draw_gray", i))
              : poisson(
                  picture,
                  scale,
                  NoiseColor.COLOR,
                  operators.tensor("noise.poisson.gray1.draw_color", i)),
          operators.tensor("noise.poisson.gray1", i));
    }
  }

  /** The three channels of the recorded noise are equal where nothing was clipped. */
  private boolean poissonIsGrey(int sample) {
    FloatTensor out = parts.tensor("poisson/out", sample);
    FloatTensor in = image(sample);
    int plane = out.dim(1) * out.dim(2);
    int equal = 0;
    for (int i = 0; i < plane; i++) {
      float red = out.data()[i] - in.data()[i];
      float green = out.data()[plane + i] - in.data()[plane + i];
      equal += Math.abs(red - green) < 1e-5 ? 1 : 0;
    }
    return equal > plane / 2;
  }

  private static FloatTensor gaussian(
      FloatTensor picture, double sigma, NoiseColor color, FloatTensor grey, FloatTensor colored) {
    FloatTensor numbers =
        color == NoiseColor.GREY ? grey.reshape(1, picture.dim(1), picture.dim(2)) : colored;
    return NoiseAdder.add(
        picture, new NoiseShape.Gaussian(sigma, color), RecordedField.normals(numbers), 0);
  }

  private static FloatTensor poisson(
      FloatTensor picture, double scale, NoiseColor color, FloatTensor counts) {
    return NoiseAdder.add(
        picture, new NoiseShape.Poisson(scale, color), new RecordedField(counts, rates -> {}), 0);
  }

  private FloatTensor image(int index) {
    return parts.tensor("image", index);
  }

  /** From {@code [H,W,3]} bytes to {@code [3,H,W]} in 0..1. */
  private FloatTensor operatorImage(String name) {
    FloatTensor interleaved = operators.tensor(name);
    int plane = interleaved.dim(0) * interleaved.dim(1);
    FloatTensor planar = FloatTensor.zeros(3, interleaved.dim(0), interleaved.dim(1));
    for (int i = 0; i < interleaved.size(); i++) {
      planar.data()[i % 3 * plane + i / 3] = interleaved.data()[i] / 255f;
    }
    return planar;
  }

  /** A coefficient on a tie may round the other way: then its 8x8 block differs. */
  private static void requireJpeg(
      String name, FloatTensor picture, double quality, FloatTensor expected) {
    FloatTensor actual = SimulatedJpeg.apply(picture, quality);
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double[] errors = new double[expected.size()];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Math.abs(actual.data()[i] - expected.data()[i]);
    }
    long wrong = Arrays.stream(errors).filter(error -> !(error < 5e-6)).count();
    assertThat(wrong).as("%s: values off of %d", name, errors.length).isZero();
  }

  private static void requireClose(String name, FloatTensor actual, FloatTensor expected) {
    requireClose(name, actual, expected, FLOAT);
  }

  private static void requireClose(
      String name, FloatTensor actual, FloatTensor expected, double tolerance) {
    assertThat(Differences.maxAbs(actual, expected)).as(name).isLessThanOrEqualTo(tolerance);
  }
}
