package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Adam;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Restores a fixed set of patches with the averaged weights: figures for the curve, and a sheet of
 * pictures (bicubic, w = 0, w = 1, teacher, ground truth).
 */
final class RestorerValidation implements TrainingLoop.Validation, AutoCloseable {
  private static final int BORDER = 8;
  private static final int SHEET_ROWS = 8;
  private static final long SEED = 77;

  private final PatchSet patches;
  private final Path folder;
  private final List<Integer> timesteps;
  private final TrainableWeights weights;
  private final TrainableWeights.Replica replica;
  private final RestorerNetworks networks;

  RestorerValidation(
      PatchSet patches,
      Path folder,
      List<Integer> timesteps,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<RestorerNetworks> maker) {
    this.patches = patches;
    this.folder = folder;
    this.timesteps = List.copyOf(timesteps);
    this.weights = engine.trainable(values);
    this.replica = weights.replica(key -> false);
    this.networks = maker.over(replica);
  }

  @Override
  public Map<String, Double> measure(long step, Adam adam) throws IOException {
    for (String key : adam.keys()) {
      weights.set(key, adam.average(key));
    }
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    Figures figures = new Figures();
    List<FloatTensor> sheet = new ArrayList<>();
    for (int i = 0; i < patches.size(); i++) {
      List<FloatTensor> row = restore(i, figures);
      if (i % Math.max(1, patches.size() / SHEET_ROWS) == 0 && sheet.size() < 5 * SHEET_ROWS) {
        sheet.addAll(row);
      }
    }
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    Files.createDirectories(folder);
    SampleSheet.write(folder.resolve("sheet-%06d.png".formatted(step)), sheet, 5);
    return figures.means();
  }

  private List<FloatTensor> restore(int index, Figures figures) {
    PatchBatch batch = PatchBatch.whole(patches, index, index + 1);
    SplittableRandom random = new SplittableRandom(SEED + index);
    Losses losses = networks.losses();
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor source = scope.upload(batch.source());
      RestorerNetworks.Encoded encoded = networks.encode(scope, source);
      DeviceTensor zLr = encoded.latent();
      DeviceTensor noise = Draws.normal(scope, random, 1, zLr.dim(1), zLr.dim(2), zLr.dim(3));
      DeviceTensor latent = networks.sample(scope, zLr, noise, timesteps);
      FloatTensor plain = losses.color(scope, networks.decode(scope, latent), source).download();
      DeviceTensor w = scope.upload(new float[] {1}, 1);
      FloatTensor fused =
          losses
              .color(scope, networks.decode(scope, latent, encoded.features(), w), source)
              .download();
      FloatTensor taught = batch.teacher();
      DeviceTensor teacher = scope.upload(taught);
      FloatTensor again =
          losses
              .color(
                  scope, networks.decode(scope, networks.encode(scope, teacher).latent()), teacher)
              .download();
      figures.add("psnr-bicubic", Figures.psnr(batch.source(), batch.groundTruth(), BORDER));
      figures.add("psnr-teacher", Figures.psnr(taught, batch.groundTruth(), BORDER));
      figures.add("psnr-w0", Figures.psnr(plain, batch.groundTruth(), BORDER));
      figures.add("psnr-w1", Figures.psnr(fused, batch.groundTruth(), BORDER));
      figures.add("like-bicubic", Figures.psnr(batch.source(), taught, BORDER));
      figures.add("like-w0", Figures.psnr(plain, taught, BORDER));
      figures.add("like-w1", Figures.psnr(fused, taught, BORDER));
      figures.add("again", Figures.psnr(again, taught, BORDER));
      double sharp = Figures.sharpness(taught, BORDER);
      figures.add("sharp-bicubic", Figures.sharpness(batch.source(), BORDER) / sharp);
      figures.add("sharp-w0", Figures.sharpness(plain, BORDER) / sharp);
      figures.add("sharp-w1", Figures.sharpness(fused, BORDER) / sharp);
      figures.add("sharp-truth", Figures.sharpness(batch.groundTruth(), BORDER) / sharp);
      return List.of(batch.source(), plain, fused, taught, batch.groundTruth());
    }
  }

  @Override
  public void close() {
    networks.close();
    replica.close();
    weights.close();
  }

  /** Sums of figures. */
  static final class Figures {
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(String name, double value) {
      sums.merge(name, value, Double::sum);
      counts.merge(name, 1, Integer::sum);
    }

    Map<String, Double> means() {
      Map<String, Double> means = new LinkedHashMap<>();
      sums.forEach((name, sum) -> means.put(name, sum / counts.get(name)));
      return means;
    }

    /** PSNR of the BT.601 luma of pictures {@code [1,3,S,S]} in -1..1, clamped, in dB. */
    static double psnr(FloatTensor a, FloatTensor b, int border) {
      float[] first = luma(a);
      float[] second = luma(b);
      int side = a.dim(3);
      double sum = 0;
      int count = 0;
      for (int y = border; y < side - border; y++) {
        for (int x = border; x < side - border; x++) {
          double difference = first[y * side + x] - second[y * side + x];
          sum += difference * difference;
          count++;
        }
      }
      return -10 * Math.log10(Math.max(sum / count, 1e-10));
    }

    /** Mean length of differences between neighbours of the luma. */
    static double sharpness(FloatTensor picture, int border) {
      float[] luma = luma(picture);
      int side = picture.dim(3);
      double sum = 0;
      for (int y = border; y < side - border; y++) {
        for (int x = border; x < side - border; x++) {
          int at = y * side + x;
          sum += Math.hypot(luma[at + 1] - luma[at], luma[at + side] - luma[at]);
        }
      }
      return sum;
    }

    private static float[] luma(FloatTensor picture) {
      int plane = picture.dim(2) * picture.dim(3);
      float[] luma = new float[plane];
      float[] weights = {65.481f / 255, 128.553f / 255, 24.966f / 255};
      for (int c = 0; c < 3; c++) {
        for (int i = 0; i < plane; i++) {
          float value = (picture.data()[c * plane + i] + 1) / 2;
          luma[i] += weights[c] * Math.max(0, Math.min(1, value));
        }
      }
      return luma;
    }
  }
}
