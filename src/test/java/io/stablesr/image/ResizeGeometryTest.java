package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Properties that hold for every size. */
class ResizeGeometryTest {
  private static final Map<String, Resampler> RESAMPLERS =
      Map.of(
          "bicubic", TorchResize::bicubic,
          "bilinear", TorchResize::bilinear,
          "area", TorchResize::area,
          "nearest", TorchResize::nearest,
          "pil lanczos", PilResize::lanczos,
          "pil bicubic", PilResize::bicubic);

  @Test
  void aFlatPictureStaysFlatAtEverySize() {
    Random random = new Random(21);
    for (int round = 0; round < 150; round++) {
      int height = 1 + random.nextInt(300);
      int width = 1 + random.nextInt(300);
      int outHeight = 1 + random.nextInt(300);
      int outWidth = 1 + random.nextInt(300);
      FloatTensor flat = FloatTensor.zeros(1, height, width);
      Arrays.fill(flat.data(), 102 / 255f);
      RESAMPLERS.forEach(
          (name, resampler) -> {
            FloatTensor out = resampler.resize(flat, outHeight, outWidth);
            assertThat(out.shape()).containsExactly(1, outHeight, outWidth);
            FloatTensor expected = FloatTensor.zeros(1, outHeight, outWidth);
            Arrays.fill(expected.data(), 102 / 255f);
            assertThat(Pictures.maxDifference(out, expected))
                .as("%s %dx%d to %dx%d", name, width, height, outWidth, outHeight)
                // Area sums up to 90,000 values in fp32, as torch does.
                .isLessThan(name.equals("area") ? 1e-3f : 1e-6f);
          });
    }
  }

  @Test
  void theSameSizeChangesNothing() {
    Random random = new Random(22);
    for (int round = 0; round < 40; round++) {
      FloatTensor picture =
          Pictures.quantizedNoise(round, 255, 2, 1 + random.nextInt(300), 1 + random.nextInt(300));
      RESAMPLERS.forEach(
          (name, resampler) ->
              assertThat(resampler.resize(picture, picture.dim(1), picture.dim(2)).data())
                  .as(name)
                  .isEqualTo(picture.data()));
    }
  }

  @Test
  void resamplingIsSymmetric() {
    FloatTensor picture = Pictures.quantizedNoise(3, 255, 1, 23, 31);
    FloatTensor mirrored = mirror(picture);
    for (String name : new String[] {"bicubic", "bilinear", "area", "pil lanczos"}) {
      Resampler resampler = RESAMPLERS.get(name);
      assertThat(
              Pictures.maxDifference(
                  mirror(resampler.resize(picture, 46, 62)), resampler.resize(mirrored, 46, 62)))
          .as(name)
          .isLessThan(1e-6f);
    }
  }

  @Test
  void areaOfAWholeFactorIsTheMean() {
    FloatTensor picture = FloatTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4);
    assertThat(TorchResize.area(picture, 1, 2).data()).containsExactly(3.5f, 5.5f);
    // Windows of an uneven factor overlap: columns 0..1, 1..2 and 2..3.
    assertThat(TorchResize.area(picture, 1, 3).data()).containsExactly(3.5f, 4.5f, 5.5f);
  }

  @Test
  void nearestTakesTheFlooredPosition() {
    FloatTensor row = FloatTensor.of(new float[] {0, 1, 2, 3, 4}, 1, 1, 5);
    assertThat(TorchResize.nearest(row, 1, 3).data()).containsExactly(0f, 1f, 3f);
    assertThat(TorchResize.nearest(row, 2, 7).data())
        .containsExactly(0, 0, 1, 2, 2, 3, 4, 0, 0, 1, 2, 2, 3, 4);
  }

  @Test
  void paddingThenCroppingGivesThePictureBack() {
    Random random = new Random(23);
    for (int round = 0; round < 300; round++) {
      int height = 1 + random.nextInt(300);
      int width = 1 + random.nextInt(300);
      Margins margins =
          new Margins(
              random.nextInt(70), random.nextInt(70), random.nextInt(70), random.nextInt(70));
      FloatTensor picture = Pictures.noise(round, 1, height, width);
      for (FloatTensor padded :
          new FloatTensor[] {
            Borders.reflectPad(picture, margins),
            Borders.replicatePad(picture, margins),
            Borders.constantPad(picture, margins, 0.5f)
          }) {
        assertThat(padded.dim(1)).isEqualTo(height + margins.top() + margins.bottom());
        assertThat(Borders.crop(padded, margins.top(), margins.left(), height, width).data())
            .isEqualTo(picture.data());
      }
    }
  }

  @Test
  void bordersAreWhatTheirNamesSay() {
    FloatTensor row = FloatTensor.of(new float[] {1, 2, 3}, 1, 1, 3);
    Margins margins = new Margins(0, 0, 2, 5);
    assertThat(Borders.reflectPad(row, margins).data())
        .containsExactly(3, 2, 1, 2, 3, 2, 1, 2, 3, 2);
    assertThat(Borders.replicatePad(row, margins).data())
        .containsExactly(1, 1, 1, 2, 3, 3, 3, 3, 3, 3);
    assertThat(Borders.constantPad(row, new Margins(1, 0, 1, 0), 9f).data())
        .containsExactly(9, 9, 9, 9, 9, 1, 2, 3);
  }

  @Test
  void aCropOutsideThePictureIsRefused() {
    assertThatThrownBy(() -> Borders.crop(FloatTensor.zeros(3, 8, 9), 4, 0, 5, 9))
        .hasMessage("Cannot crop 9x5 pixels at (0,4) from FloatTensor[3, 8, 9]");
    assertThatThrownBy(() -> new Margins(0, -1, 0, 0))
        .hasMessage("Margins must not be negative, got top 0, bottom -1, left 0, right 0");
    assertThatThrownBy(() -> TorchResize.bicubic(FloatTensor.zeros(3, 8, 9), 0, 5))
        .hasMessage("A picture must be at least 1x1 pixels, asked for 5x0");
  }

  private static FloatTensor mirror(FloatTensor picture) {
    FloatTensor result = FloatTensor.zeros(picture.shape());
    int width = picture.dim(2);
    for (int i = 0; i < picture.size(); i++) {
      result.data()[i] = picture.data()[i - i % width + width - 1 - i % width];
    }
    return result;
  }
}
