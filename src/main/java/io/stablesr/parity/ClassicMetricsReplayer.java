package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.Borders;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.Niqe;
import io.stablesr.metric.NiqeModel;
import io.stablesr.metric.Psnr;
import io.stablesr.metric.Ssim;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * PSNR, SSIM and NIQE of recorded pictures, and the scores that others published of them ({@code
 * osediff_log}). Needs {@code niqe_pris_params.npz} in the folder.
 */
final class ClassicMetricsReplayer implements Replayer {
  private static final Tolerance DECIBELS = Tolerance.absolute(1e-5);
  private static final Tolerance SIMILARITY = Tolerance.absolute(1e-6);

  /** Luma in full range often lies halfway between two levels; implementations differ then. */
  private static final Tolerance TIES = Tolerance.absolute(1e-4);

  /** What such ties alone move NIQE by. */
  private static final Tolerance NIQE_TIES = Tolerance.absolute(0.02);

  /** Shapes are steps of 0.001. */
  private static final Tolerance FEATURES = Tolerance.absolute(1.2e-3);

  private static final Tolerance NIQE = Tolerance.absolute(2e-3);

  /** A level that a sum in single precision rounds the other way shows in 11x11 windows. */
  private static final Tolerance MAP = Tolerance.relativeNorm(1e-4);

  /** Ties are found in whole numbers here and in double precision there. */
  private static final Tolerance EXACT_LUMA = Tolerance.absolute(5e-3);

  /** Printed with six digits after the point. */
  private static final Tolerance PUBLISHED = Tolerance.absolute(1e-5);

  private static final int BLOCK = 96;

  private static final Map<String, MetricColor> COLORS =
      Map.of(
          "ycbcr", MetricColor.YCBCR_LUMA,
          "yiq", MetricColor.YIQ_LUMA,
          "rgb", MetricColor.RGB);

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores scores = new RecordedScores(file, replay);
    Niqe niqe = new Niqe(model(file.resolveSibling("niqe_pris_params.npz")));
    JsonObject exactLuma = JsonFiles.object(file.resolveSibling("niqe_luma64.json"));
    for (String name : scores.names()) {
      similarities(replay, scores, name);
      niqe(scores, name, niqe);
      scores.check(
          name + " niqe_luma_float64",
          niqe.score(scores.picture("sr_" + name)),
          exactLuma.getAsJsonObject(name),
          "niqe_luma_float64",
          EXACT_LUMA);
      fromRecordedLuma(replay, scores, name, niqe);
    }
    replay
        .golden()
        .matching(".*(_stride16)")
        .forEach(name -> replay.omit(name.group(), "inner maps of NIQE are not kept"));
    replay.omit("niqe_ycbcr_*", "NIQE sees luma in full range only");
    replay.omit("ssim_ycbcr_downsample", "SSIM has no reduction before it");
  }

  private static NiqeModel model(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      return NiqeModel.read(stream);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "%s cannot be read; NIQE's recorded scores were made with it.".formatted(file),
          e);
    }
  }

  private static void similarities(Replay replay, RecordedScores scores, String name) {
    JsonObject expected = scores.part(name);
    FloatTensor picture = scores.picture("sr_" + name);
    FloatTensor truth = scores.picture("hr_" + name);
    COLORS.forEach(
        (label, color) -> {
          String psnr = "psnr_" + label;
          String ssim = "ssim_" + label;
          scores.check(
              name + " " + psnr,
              new Psnr(color, 0).score(picture, truth),
              expected,
              psnr,
              DECIBELS);
          scores.check(
              name + " " + ssim,
              new Ssim(color, 0).score(picture, truth),
              expected,
              ssim,
              color == MetricColor.YIQ_LUMA ? TIES : SIMILARITY);
        });
    Psnr psnr = new Psnr(MetricColor.YCBCR_LUMA, 4);
    Ssim ssim = new Ssim(MetricColor.YCBCR_LUMA, 4);
    both(scores, name, "%s_ycbcr_border4", psnr.score(picture, truth), ssim.score(picture, truth));
    FloatTensor part = crop(scores, picture);
    FloatTensor truePart = crop(scores, truth);
    both(
        scores,
        name,
        "crop_%s_ycbcr",
        new Psnr(MetricColor.YCBCR_LUMA, 0).score(part, truePart),
        new Ssim(MetricColor.YCBCR_LUMA, 0).score(part, truePart));
    map(replay, name + ".ssim_map_ycbcr_stride8", picture, truth);
    JsonObject published = expected.getAsJsonObject("osediff_log");
    Ssim plain = new Ssim(MetricColor.YCBCR_LUMA, 0);
    scores.check(
        name + " published PSNR",
        new Psnr(MetricColor.YCBCR_LUMA, 0).score(picture, truth),
        published,
        "PSNR",
        PUBLISHED);
    scores.check(
        name + " published SSIM", plain.score(picture, truth), published, "SSIM", PUBLISHED);
  }

  private static void both(
      RecordedScores scores, String name, String figure, double psnr, double ssim) {
    JsonObject expected = scores.part(name);
    String decibels = figure.formatted("psnr");
    String similarity = figure.formatted("ssim");
    scores.check(name + " " + decibels, psnr, expected, decibels, DECIBELS);
    scores.check(name + " " + similarity, ssim, expected, similarity, SIMILARITY);
  }

  private static void map(Replay replay, String tensor, FloatTensor picture, FloatTensor truth) {
    double[] map = new Ssim(MetricColor.YCBCR_LUMA, 0).maps(picture, truth).get(0);
    int width = picture.dim(2) - 10;
    int[] shape = replay.golden().shape(tensor);
    double[] kept = new double[shape[0] * shape[1]];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = map[i / shape[1] * 8 * width + i % shape[1] * 8];
    }
    replay.check(tensor, kept, MAP);
  }

  private static void niqe(RecordedScores scores, String name, Niqe niqe) {
    JsonObject expected = scores.part(name);
    FloatTensor picture = scores.picture("sr_" + name);
    FloatTensor truth = scores.picture("hr_" + name);
    double score = niqe.score(picture);
    scores.check(name + " niqe_yiq_sr", score, expected, "niqe_yiq_sr", NIQE_TIES);
    scores.check(name + " niqe_yiq_hr", niqe.score(truth), expected, "niqe_yiq_hr", NIQE_TIES);
    scores.check(
        name + " crop_niqe_yiq",
        niqe.score(crop(scores, picture)),
        expected,
        "crop_niqe_yiq",
        NIQE_TIES);
    scores.check(
        name + " published NIQE",
        score,
        expected.getAsJsonObject("osediff_log"),
        "NIQE",
        NIQE_TIES);
  }

  /** Everything after the rounding of luma. */
  private static void fromRecordedLuma(
      Replay replay, RecordedScores scores, String name, Niqe niqe) {
    FloatTensor grey = scores.picture("luma_yiq_sr_" + name);
    int height = grey.dim(1) / BLOCK * BLOCK;
    int width = grey.dim(2) / BLOCK * BLOCK;
    FloatTensor inside = Borders.crop(grey, 0, 0, height, width);
    double[] luma = new double[height * width];
    for (int i = 0; i < luma.length; i++) {
      luma[i] = Math.rint(inside.data()[i] * 255.0);
    }
    double[][] blocks = Niqe.blocksOfLuma(luma, height, width);
    int rows = height / BLOCK;
    double[] ours = new double[blocks.length * blocks[0].length];
    for (int i = 0; i < ours.length; i++) {
      // Recorded column after column.
      int recorded = i / blocks[0].length;
      int own = recorded % rows * (blocks.length / rows) + recorded / rows;
      ours[i] = blocks[own][i % blocks[0].length];
    }
    replay.check(name + ".niqe_yiq_sr.block_features", ours, FEATURES);
    scores.check(
        name + " niqe_yiq_sr from its luma",
        niqe.scoreOfLuma(luma, height, width),
        scores.part(name),
        "niqe_yiq_sr",
        NIQE);
  }

  private static FloatTensor crop(RecordedScores scores, FloatTensor picture) {
    JsonArray box = scores.figures().getAsJsonArray("_crop_box_y_x_h_w");
    return RecordedScores.crop(picture, box);
  }
}
