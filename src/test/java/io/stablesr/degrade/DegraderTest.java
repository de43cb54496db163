package io.stablesr.degrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.degrade.DegradationDraw.Treatment;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Properties of results. */
class DegraderTest {
  @Test
  void sizesAndValuesAreRightForEveryPresetAndScale() {
    Random random = new Random(31);
    for (String name : Presets.names()) {
      for (int scale : new int[] {1, 2, 3, 4, 8}) {
        Drawer drawer = new Drawer(Presets.named(name), scale);
        for (int i = 0; i < 4; i++) {
          FloatTensor picture =
              picture(i, scale * (1 + random.nextInt(20)), scale * (1 + random.nextInt(20)));
          DegradedPair pair = Degrader.apply(picture, drawer.draw(i, name));
          assertThat(pair.groundTruth().shape()).isEqualTo(picture.shape());
          assertThat(pair.lowQuality().shape())
              .containsExactly(3, picture.dim(1) / scale, picture.dim(2) / scale);
          assertThat(pair.condition().shape()).isEqualTo(picture.shape());
          requireUnit(pair.groundTruth());
          requireUnit(pair.lowQuality());
          requireUnit(pair.condition());
        }
      }
    }
  }

  @Test
  void theSameDrawGivesTheSameBitsAndAnotherIdentityOthers() {
    FloatTensor picture = picture(1, 64, 96);
    Drawer drawer = new Drawer(Presets.named("stablesr"), 4);
    DegradedPair one = Degrader.apply(picture, drawer.draw(42, "a#0"));
    DegradedPair again = Degrader.apply(picture.copy(), drawer.draw(42, "a#0"));
    DegradedPair other = Degrader.apply(picture, drawer.draw(42, "a#1"));
    assertThat(again.lowQuality().data()).isEqualTo(one.lowQuality().data());
    assertThat(other.lowQuality().data()).isNotEqualTo(one.lowQuality().data());
  }

  @Test
  void theInputIsNotWrittenInto() {
    FloatTensor picture = picture(2, 64, 64);
    FloatTensor copy = picture.copy();
    for (int i = 0; i < 10; i++) {
      for (String name : Presets.names()) {
        Degrader.apply(picture, new Drawer(Presets.named(name), 4).draw(i, "b"));
      }
    }
    assertThat(picture.data()).isEqualTo(copy.data());
  }

  @Test
  void aCleanPairIsTheReducedPictureAndItsConditionTheGoodOne() {
    DegradationPreset preset = Presets.parse("clean-probability = 1, sharpening = null", "own");
    FloatTensor flat = FloatTensor.zeros(3, 16, 24);
    java.util.Arrays.fill(flat.data(), 0.25f);
    DegradedPair pair = Degrader.apply(flat, new Drawer(preset, 4).draw(1, "c"));
    assertThat(pair.draw().treatment()).isEqualTo(Treatment.CLEAN);
    assertThat(pair.lowQuality().data()).containsOnly(0.25f);
    assertThat(pair.condition().data()).isEqualTo(flat.data());
  }

  @Test
  void roundedPresetsGiveWholeLevels() {
    DegradedPair pair =
        Degrader.apply(
            picture(4, 64, 64), new Drawer(Presets.named("real-esrgan"), 4).draw(9, "d"));
    for (float value : pair.lowQuality().data()) {
      assertThat(value).isEqualTo(Math.round(value * 255f) / 255f);
    }
  }

  @Test
  void poissonCountsHaveTheMeanAndVarianceOfTheirRate() {
    PhiloxField field = new PhiloxField(1, "poisson");
    for (float rate : new float[] {0, 0.3f, 4, 60, 256}) {
      FloatTensor rates = FloatTensor.zeros(1, 100, 100);
      java.util.Arrays.fill(rates.data(), rate);
      double sum = 0;
      double squares = 0;
      for (float count : field.poisson(0, rates).data()) {
        assertThat(count).isEqualTo((float) Math.rint(count)).isNotNegative();
        sum += count;
        squares += (double) count * count;
      }
      double mean = sum / 10_000;
      double deviation = Math.sqrt(rate / 10_000);
      assertThat(Math.abs(mean - rate)).isLessThanOrEqualTo(4 * deviation);
      assertThat(Math.abs(squares / 10_000 - mean * mean - rate))
          .isLessThanOrEqualTo(0.06 * rate + 4 * deviation);
    }
  }

  @Test
  void realAndSimulatedJpegAgreeInWhatTheyDo() {
    FloatTensor picture = picture(5, 64, 64);
    for (double quality : new double[] {30, 60, 95}) {
      double simulated = error(picture, SimulatedJpeg.apply(picture, quality));
      double encoded = error(picture, EncodedJpeg.apply(picture, quality));
      assertThat(simulated / encoded).as("quality %s", quality).isBetween(0.6, 1.7);
    }
    assertThat(error(picture, SimulatedJpeg.apply(picture, 30)))
        .isGreaterThan(1.5 * error(picture, SimulatedJpeg.apply(picture, 95)));
  }

  /** Guards stored sets: any change of pixels is a change of what was published. */
  @Test
  void resultsDoNotChangeFromVersionToVersion() {
    DegradedPair pair =
        Degrader.apply(
            picture(6, 64, 96), new Drawer(Presets.named("stablesr"), 4).draw(42, "f#0"));
    ByteBuffer bytes = ByteBuffer.allocate(pair.lowQuality().size());
    for (float value : pair.lowQuality().data()) {
      bytes.put((byte) Math.round(value * 255f));
    }
    assertThat(Digests.sha256(bytes.array())).startsWith("0ae37664");
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    DegradationDraw draw = new Drawer(Presets.named("stablesr"), 4).draw(1, "g");
    assertThatThrownBy(() -> Degrader.apply(FloatTensor.zeros(3, 10, 12), draw))
        .hasMessage(
            "Expected [3,H,W] with sides that are multiples of 4, got FloatTensor[3, 10, 12]");
    assertThatThrownBy(() -> new KernelShape.Sinc(8, 1))
        .hasMessage("A kernel's side is odd and 1..51 pixels, got 8");
    assertThatThrownBy(() -> SimulatedJpeg.apply(FloatTensor.zeros(3, 8, 8), 0))
        .hasMessage("JPEG quality is above 0 and at most 100, got 0.0");
  }

  /** Smooth shapes with an edge and some texture, in 0..1. */
  private static FloatTensor picture(int seed, int height, int width) {
    FloatTensor picture = FloatTensor.zeros(3, height, width);
    Random random = new Random(seed);
    for (int c = 0; c < 3; c++) {
      double frequency = 0.05 + 0.1 * random.nextDouble();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double wave = 0.5 + 0.3 * Math.sin(frequency * x + c) * Math.cos(frequency * y);
          double edge = x > width / 2 ? 0.15 : 0;
          picture.data()[(c * height + y) * width + x] =
              (float) Math.min(1, wave + edge + 0.04 * random.nextDouble());
        }
      }
    }
    return picture;
  }

  private static void requireUnit(FloatTensor picture) {
    for (float value : picture.data()) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  private static double error(FloatTensor one, FloatTensor other) {
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      double difference = one.data()[i] - other.data()[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum / one.size());
  }
}
