package io.stablesr.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.TorchResize;
import io.stablesr.testing.Goldens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Recorded values of PSNR, SSIM and NIQE, and those that others have published. */
class ClassicGoldenTest {
  private static final List<String> NAMES =
      List.of("Canon_001_LR4", "Canon_025_LR4", "Nikon_001_LR4", "Nikon_030_LR4");

  private static JsonObject figures;
  private static Niqe official;

  @BeforeAll
  static void read() throws IOException {
    figures = TestPictures.figures("classic");
    try (InputStream file =
        Files.newInputStream(SharedFolder.path("goldens2/public/niqe_pris_params.npz"))) {
      official = new Niqe(NiqeModel.read(file));
    }
  }

  @Test
  void psnrAndSsimMatch() throws IOException {
    for (String name : NAMES) {
      FloatTensor picture = TestPictures.recorded("sr_" + name);
      FloatTensor truth = TestPictures.recorded("hr_" + name);
      for (MetricColor color : MetricColor.values()) {
        String suffix =
            switch (color) {
              case YCBCR_LUMA -> "ycbcr";
              case YIQ_LUMA -> "yiq";
              case RGB -> "rgb";
            };
        requireClose(name, "psnr_" + suffix, new Psnr(color, 0).score(picture, truth), 1e-5);
        requireClose(
            name, "ssim_" + suffix, new Ssim(color, 0).score(picture, truth), tieTolerance(color));
      }
      Psnr psnr = new Psnr(MetricColor.YCBCR_LUMA, 4);
      Ssim ssim = new Ssim(MetricColor.YCBCR_LUMA, 4);
      requireClose(name, "psnr_ycbcr_border4", psnr.score(picture, truth), 1e-5);
      requireClose(name, "ssim_ycbcr_border4", ssim.score(picture, truth), 1e-6);
      requireClose(
          name,
          "crop_psnr_ycbcr",
          new Psnr(MetricColor.YCBCR_LUMA, 0).score(crop(picture), crop(truth)),
          1e-5);
      requireClose(
          name,
          "crop_ssim_ycbcr",
          new Ssim(MetricColor.YCBCR_LUMA, 0).score(crop(picture), crop(truth)),
          1e-6);
    }
  }

  @Test
  void niqeMatchesFromRecordedLumaOn() throws IOException {
    Goldens goldens = Goldens.ofOperators("classic");
    for (String name : NAMES) {
      FloatTensor grey = TestPictures.recorded("luma_yiq_sr_" + name);
      double[] luma = new double[480 * 480];
      FloatTensor inside = Borders.crop(grey, 0, 0, 480, 480);
      for (int i = 0; i < luma.length; i++) {
        luma[i] = Math.rint(inside.data()[i] * 255.0);
      }
      double[][] blocks = NiqeFeatures.of(luma, 480, 480).features();
      double[] expected = goldens.doubles(name + ".niqe_yiq_sr.block_features");
      assertThat(blocks).hasDimensions(25, 36);
      for (int i = 0; i < expected.length; i++) {
        // Recorded column after column; shapes are steps of 0.001, found in single precision.
        int recorded = i / 36;
        assertThat(blocks[recorded % 5 * 5 + recorded / 5][i % 36])
            .as("%s recorded block %d feature %d", name, recorded, i % 36)
            .isCloseTo(expected[i], Offset.offset(1.2e-3));
      }
      requireClose(name, "niqe_yiq_sr", official.scoreOfLuma(luma, 480, 480), 2e-3);
    }
  }

  @Test
  void niqeMatchesUpToTiesOfLuma() throws IOException {
    for (String name : NAMES) {
      requireClose(name, "niqe_yiq_sr", official.score(TestPictures.recorded("sr_" + name)), 0.02);
      requireClose(name, "niqe_yiq_hr", official.score(TestPictures.recorded("hr_" + name)), 0.02);
      requireClose(
          name, "crop_niqe_yiq", official.score(crop(TestPictures.recorded("sr_" + name))), 0.02);
    }
  }

  @Test
  void halvingMatchesMatlab() {
    Goldens goldens = Goldens.ofOperators("resample");
    FloatTensor image = goldens.tensor("image_f32", 0);
    double[] expected = goldens.doubles("pyiqa.imresize.f64.0.5");
    for (int c = 0; c < 2; c++) {
      double[] plane = new double[37 * 53];
      for (int i = 0; i < plane.length; i++) {
        plane[i] = image.data()[c * plane.length + i];
      }
      double[] half = MatlabHalf.resize(plane, 37, 53);
      for (int i = 0; i < half.length; i++) {
        assertThat(half[i]).isCloseTo(expected[c * half.length + i], Offset.offset(1e-7));
      }
    }
  }

  @Test
  void publishedFiguresOfRealPhotographsAreReached() throws IOException {
    for (String set : List.of("realsr", "drealsr")) {
      Path folder = SharedFolder.path("data/" + set);
      for (String line :
          Files.readAllLines(folder.resolve("osediff_metrics.csv")).stream().skip(1).toList()) {
        String[] fields = line.split(",", -1);
        Path result = folder.resolve("osediff").resolve(fields[0]);
        if (!Files.exists(result)) {
          continue;
        }
        FloatTensor picture = TestPictures.read(result);
        FloatTensor truth = TestPictures.read(folder.resolve("gt").resolve(fields[0]));
        assertThat(new Psnr(MetricColor.YCBCR_LUMA, 0).score(picture, truth))
            .as(line)
            .isCloseTo(Double.parseDouble(fields[1]), Offset.offset(1e-5));
        assertThat(new Ssim(MetricColor.YCBCR_LUMA, 0).score(picture, truth))
            .as(line)
            .isCloseTo(Double.parseDouble(fields[2]), Offset.offset(1e-5));
        assertThat(official.score(picture))
            .as(line)
            .isCloseTo(
                Double.parseDouble(fields[6]), Offset.offset(hasFlatBlocks(picture) ? 0.2 : 0.02));
      }
    }
  }

  @Test
  void ourOwnModelRanksPictures() throws IOException {
    Niqe free = new Niqe(NiqeModel.free());
    for (String name : NAMES) {
      FloatTensor truth = TestPictures.recorded("hr_" + name);
      FloatTensor noisy = truth.copy();
      Random random = new Random(1);
      for (int i = 0; i < noisy.size(); i++) {
        float value = noisy.data()[i] + 0.1f * (float) random.nextGaussian();
        noisy.data()[i] = Math.round(Math.min(Math.max(value, 0), 1) * 255) / 255f;
      }
      FloatTensor blurred =
          TorchResize.bilinear(TorchResize.area(truth, 64, 64), truth.dim(1), truth.dim(2));
      double score = free.score(truth);
      assertThat(score).as(name).isBetween(1.0, 15.0);
      assertThat(free.score(noisy)).as(name).isGreaterThan(score);
      assertThat(free.score(blurred)).as(name).isGreaterThan(score);
    }
  }

  /** Where all pixels of a block are white, its statistics are those of rounding errors. */
  private static boolean hasFlatBlocks(FloatTensor picture) {
    double[] luma = MetricColor.YIQ_LUMA.levels(Borders.crop(picture, 0, 0, 480, 480));
    for (double[] block : NiqeFeatures.of(luma, 480, 480).features()) {
      for (double feature : block) {
        if (Double.isNaN(feature)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Luma in full range often lies halfway between two levels; implementations differ then. */
  private static double tieTolerance(MetricColor color) {
    return color == MetricColor.YIQ_LUMA ? 1e-4 : 1e-6;
  }

  private static FloatTensor crop(FloatTensor picture) {
    JsonArray box = figures.getAsJsonArray("_crop_box_y_x_h_w");
    return Borders.crop(
        picture,
        box.get(0).getAsInt(),
        box.get(1).getAsInt(),
        box.get(2).getAsInt(),
        box.get(3).getAsInt());
  }

  private static void requireClose(String name, String figure, double actual, double tolerance) {
    JsonObject of = figures.getAsJsonObject(name);
    if (of.has(figure)) {
      assertThat(actual)
          .as("%s %s", name, figure)
          .isCloseTo(of.get(figure).getAsDouble(), Offset.offset(tolerance));
    }
  }
}
