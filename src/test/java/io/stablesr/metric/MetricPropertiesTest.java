package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MetricPropertiesTest {
  @Test
  void equalPicturesHaveTheBestScores() {
    FloatTensor picture = noise(1, 40, 50, 0.3f);
    for (MetricColor color : MetricColor.values()) {
      assertThat(new Psnr(color, 2).score(picture, picture)).isCloseTo(80, Offset.offset(1e-9));
      assertThat(new Ssim(color, 2).score(picture, picture)).isCloseTo(1, Offset.offset(1e-12));
    }
    assertThat(new LabShift().score(picture, picture)).isZero();
  }

  @Test
  void aKnownErrorHasItsKnownPsnr() {
    FloatTensor truth = FloatTensor.zeros(3, 16, 16);
    FloatTensor picture = FloatTensor.zeros(3, 16, 16);
    Arrays.fill(picture.data(), 0.1f);
    assertThat(new Psnr(MetricColor.RGB, 0).score(picture, truth))
        .isCloseTo(20, Offset.offset(1e-4));
    // The studio range is 219/255 of the full one.
    assertThat(new Psnr(MetricColor.YCBCR_LUMA, 0).score(picture, truth))
        .isCloseTo(20 + 20 * Math.log10(255.0 / 219), Offset.offset(1e-3));
  }

  @Test
  void labOfKnownColorsIsKnown() {
    FloatTensor grey = FloatTensor.zeros(3, 1, 1);
    Arrays.fill(grey.data(), 1);
    double[] white = LabShift.mean(grey);
    assertThat(white[0]).isCloseTo(100, Offset.offset(1e-3));
    assertThat(white[1]).isCloseTo(0, Offset.offset(0.02));
    double[] red = LabShift.mean(FloatTensor.of(new float[] {1, 0, 0}, 3, 1, 1));
    assertThat(red[0]).isCloseTo(53.24, Offset.offset(0.01));
    assertThat(red[1]).isCloseTo(80.09, Offset.offset(0.02));
    assertThat(red[2]).isCloseTo(67.20, Offset.offset(0.02));
  }

  @Test
  void theGammaFunctionIsExact() {
    double factorial = 1;
    for (int n = 1; n < 16; n++) {
      assertThat(GammaFunction.of(n) / factorial).isCloseTo(1, Offset.offset(1e-13));
      factorial *= n;
    }
    assertThat(GammaFunction.of(0.5)).isCloseTo(Math.sqrt(Math.PI), Offset.offset(1e-13));
    assertThat(GammaFunction.of(0.1)).isCloseTo(9.513507698668732, Offset.offset(1e-12));
  }

  @Test
  void quadraticFormsOfTheInverseAreExact() {
    Random random = new Random(3);
    int n = 12;
    double[] x = random.doubles(n).toArray();
    double[] a = new double[n * n];
    double[][] factors = new double[n][];
    Arrays.setAll(factors, i -> random.doubles(n).toArray());
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (double[] factor : factors) {
          a[i * n + j] += factor[i] * factor[j];
        }
      }
    }
    // For b = A x: b^T A^-1 b = x^T A x.
    double[] b = new double[n];
    double expected = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        b[i] += a[i * n + j] * x[j];
      }
      expected += x[i] * b[i];
    }
    assertThat(SymmetricEigen.of(a, n).inverseForm(b) / expected).isCloseTo(1, Offset.offset(1e-8));
  }

  @Test
  void aFittedModelTellsItsOwnKindFromNoise() throws IOException {
    NiqeFitter fitter = new NiqeFitter();
    for (int seed = 0; seed < 6; seed++) {
      fitter.add(noise(seed, 288, 288, 0.1f));
    }
    NiqeModel model = fitter.model();
    NiqeModel again = NiqeModel.read(new ByteArrayInputStream(model.write()));
    FloatTensor same = noise(99, 288, 288, 0.1f);
    FloatTensor other = noise(98, 288, 288, 0.1f);
    for (int i = 1; i < other.size(); i++) {
      other.data()[i] = 0.7f * other.data()[i - 1] + 0.3f * other.data()[i];
    }
    double near = new Niqe(model).score(same);
    assertThat(new Niqe(again).score(same)).isEqualTo(near);
    assertThat(new Niqe(model).score(other)).isGreaterThan(2 * near);
    assertThatThrownBy(() -> new Niqe(model).score(FloatTensor.zeros(3, 100, 100)))
        .hasMessage("NIQE needs at least two blocks of 96x96 pixels; the picture has 100x100.");
    assertThatThrownBy(() -> NiqeModel.read(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(StableSrException.class)
        .hasMessage("The archive has no array mu_pris_param; it has [].");
  }

  @Test
  void pairedDifferencesFindWhatIsThere() {
    Random random = new Random(4);
    int found = 0;
    int mistaken = 0;
    for (int round = 0; round < 60; round++) {
      double[] baseline = random.doubles(40).toArray();
      double[] better = new double[40];
      double[] equal = new double[40];
      for (int i = 0; i < 40; i++) {
        better[i] = baseline[i] + 0.1 + 0.1 * random.nextGaussian();
        equal[i] = baseline[i] + 0.1 * random.nextGaussian();
      }
      PairedDifference difference = PairedDifference.of(better, baseline);
      assertThat(difference.mean()).isBetween(difference.low(), difference.high());
      assertThat(PairedDifference.of(better, baseline)).isEqualTo(difference);
      found += difference.isClear() ? 1 : 0;
      mistaken += PairedDifference.of(equal, baseline).isClear() ? 1 : 0;
    }
    assertThat(found).isGreaterThan(57);
    assertThat(mistaken).isLessThan(12);
  }

  private static FloatTensor noise(int seed, int height, int width, float strength) {
    Random random = new Random(seed);
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    for (int i = 0; i < picture.size(); i++) {
      float value = 0.5f + strength * (float) random.nextGaussian();
      picture.data()[i] = Math.round(Math.min(Math.max(value, 0), 1) * 255) / 255f;
    }
    return picture;
  }
}
