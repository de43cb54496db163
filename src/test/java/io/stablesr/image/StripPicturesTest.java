package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed in windows and strips has the values of the whole, to the last bit. */
class StripPicturesTest {
  @TempDir private Path folder;

  @Test
  void anyWindowOfAnEnlargementHasTheValuesOfTheWhole() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      FloatTensor image = Pictures.noise(round, 3, 1 + random.nextInt(30), 1 + random.nextInt(30));
      double scale = 0.4 + 4 * random.nextDouble();
      int height = Math.max(1, (int) Math.round(scale * image.dim(1)));
      int width = Math.max(1, (int) Math.round(scale * image.dim(2)));
      // Wider than the picture too: the reflection then bounces between both edges.
      Margins margins =
          new Margins(
              random.nextInt(40), random.nextInt(40), random.nextInt(40), random.nextInt(40));
      FloatTensor whole = Borders.reflectPad(TorchResize.bicubic(image, height, width), margins);
      EnlargedPicture enlarged = new EnlargedPicture(image, height, width, margins);
      assertThat(enlarged.height()).isEqualTo(whole.dim(1));
      assertThat(enlarged.width()).isEqualTo(whole.dim(2));
      for (int i = 0; i < 20; i++) {
        int top = random.nextInt(whole.dim(1));
        int left = random.nextInt(whole.dim(2));
        int rows = 1 + random.nextInt(whole.dim(1) - top);
        int columns = 1 + random.nextInt(whole.dim(2) - left);

        assertThat(enlarged.window(top, left, rows, columns).data())
            .isEqualTo(Borders.crop(whole, top, left, rows, columns).data());
      }
    }
  }

  @Test
  void aWindowOutsideIsRefused() {
    EnlargedPicture enlarged =
        new EnlargedPicture(Pictures.noise(1, 3, 4, 5), 8, 10, new Margins(1, 1, 2, 2));

    assertThatThrownBy(() -> enlarged.window(9, 0, 2, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No window of 5x2 pixels at (0,9) in a picture of 14x10");
  }

  @ParameterizedTest
  @CsvSource({"NONE, 1", "ADAIN, 1", "WAVELET, 1", "WAVELET, 3", "WAVELET, 5"})
  void anyStripOfACorrectionHasTheValuesOfTheWhole(ColorFix fix, int levels) {
    Random random = new Random(7);
    for (int round = 0; round < 10; round++) {
      int height = 2 + random.nextInt(90);
      int width = 1 + random.nextInt(40);
      FloatTensor content = Pictures.noise(100 + round, 3, height, width);
      FloatTensor style = Pictures.noise(200 + round, 3, height, width);
      FloatTensor whole =
          fix == ColorFix.WAVELET
              ? ColorCorrection.wavelet(content, style, levels)
              : ColorCorrection.apply(fix, content, style);
      StripCorrection strips =
          new StripCorrection(fix, levels, new Whole(content), new Whole(style));
      for (int i = 0; i < 8; i++) {
        int top = random.nextInt(height);
        int rows = 1 + random.nextInt(height - top);

        assertThat(strips.rows(top, rows).data())
            .isEqualTo(Borders.crop(whole, top, 0, rows, width).data());
      }
    }
  }

  @Test
  void aPictureFileGivesBackWhatTilesWrote() throws IOException {
    FloatTensor picture = Pictures.noise(3, 3, 50, 70);
    try (PictureFile file = new PictureFile(folder, 50, 70)) {
      for (int top = 0; top < 50; top += 16) {
        for (int left = 0; left < 70; left += 24) {
          int height = Math.min(16, 50 - top);
          int width = Math.min(24, 70 - left);
          // Tiles see one pixel more on two sides than they are good for.
          FloatTensor tile = FloatTensor.zeros(1, 3, height + 1, width + 1);
          FloatTensor core = Borders.crop(picture, top, left, height, width);
          for (int c = 0; c < 3; c++) {
            for (int y = 0; y < height; y++) {
              System.arraycopy(
                  core.data(),
                  (c * height + y) * width,
                  tile.data(),
                  (c * (height + 1) + y + 1) * (width + 1) + 1,
                  width);
            }
          }
          file.write(tile, new Window(1, 1, height, width), top, left);
        }
      }
      assertThat(file.rows(0, 50).data()).isEqualTo(picture.data());
      assertThat(file.rows(13, 20).data()).isEqualTo(Borders.crop(picture, 13, 0, 20, 70).data());
      try (var names = Files.list(folder)) {
        assertThat(names).as("the scratch file has no name").isEmpty();
      }
    }
  }

  @Test
  void rowsThatWereNeverWrittenAreNotMadeUp() {
    try (PictureFile file = new PictureFile(folder, 4, 4)) {
      assertThatThrownBy(() -> file.rows(0, 4))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_WRITE))
          .hasMessage(
              "The scratch file in %s failed: row 0 was not written; large pictures need room there"
                  + " (java.io.tmpdir, docs/tiling.md).",
              folder);
    }
  }

  @Test
  void anInterruptDuringFileWorkIsACancellation() {
    try (PictureFile file = new PictureFile(folder, 4, 4)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.write(FloatTensor.zeros(3, 4, 4), new Window(0, 0, 4, 4), 0, 0))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private record Whole(FloatTensor picture) implements PictureRows {
    @Override
    public int height() {
      return picture.dim(1);
    }

    @Override
    public int width() {
      return picture.dim(2);
    }

    @Override
    public FloatTensor rows(int top, int rows) {
      return Borders.crop(picture, top, 0, rows, picture.dim(2));
    }
  }
}
