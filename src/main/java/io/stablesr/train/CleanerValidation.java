package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Adam;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.train.RestorerValidation.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cleans a fixed set of patches with the averaged weights: figures for the curve, and a sheet of
 * pictures (bicubic, cleaner, teacher, ground truth). The perceptual distance is LPIPS where the
 * stage has its heads.
 */
final class CleanerValidation implements TrainingLoop.Validation, AutoCloseable {
  private static final int BORDER = 8;
  private static final int SHEET_ROWS = 8;
  private static final int SHEET_COLUMNS = 4;

  private final PatchSet patches;
  private final Path folder;
  private final Judging judging;
  private final TrainableWeights weights;
  private final TrainableWeights.Replica replica;
  private final CleanerNetworks networks;

  /** Whether there is a trunk to measure perceptual distances with. */
  enum Judging {
    LEVELS,
    LEVELS_AND_DISTANCES
  }

  CleanerValidation(
      PatchSet patches,
      Path folder,
      Judging judging,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<CleanerNetworks> maker) {
    this.patches = patches;
    this.folder = folder;
    this.judging = judging;
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
      List<FloatTensor> row = clean(i, figures);
      if (i % Math.max(1, patches.size() / SHEET_ROWS) == 0
          && sheet.size() < SHEET_COLUMNS * SHEET_ROWS) {
        sheet.addAll(row);
      }
    }
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    Files.createDirectories(folder);
    SampleSheet.write(folder.resolve("sheet-%06d.png".formatted(step)), sheet, SHEET_COLUMNS);
    return figures.means();
  }

  private List<FloatTensor> clean(int index, Figures figures) {
    CleanerBatch batch = CleanerBatch.whole(patches.get(index));
    FloatTensor truth = batch.groundTruth();
    FloatTensor bicubic = PatchBatch.whole(patches, index, index + 1).source();
    try (TensorScope scope = networks.judges().engine().scope()) {
      FloatTensor made = networks.clean(scope, scope.upload(batch.lowQuality())).download();
      clamp(made);
      figures.add("psnr-bicubic", Figures.psnr(bicubic, truth, BORDER));
      figures.add("psnr-teacher", Figures.psnr(batch.teacher(), truth, BORDER));
      figures.add("psnr-cleaner", Figures.psnr(made, truth, BORDER));
      figures.add("like-bicubic", Figures.psnr(bicubic, batch.teacher(), BORDER));
      figures.add("like-cleaner", Figures.psnr(made, batch.teacher(), BORDER));
      if (judging == Judging.LEVELS_AND_DISTANCES) {
        List<DeviceTensor> wanted = activations(scope, truth);
        figures.add("lpips-bicubic", distance(scope, bicubic, wanted));
        figures.add("lpips-teacher", distance(scope, batch.teacher(), wanted));
        figures.add("lpips-cleaner", distance(scope, made, wanted));
      }
      return List.of(bicubic, made, batch.teacher(), truth);
    }
  }

  private List<DeviceTensor> activations(TensorScope scope, FloatTensor picture) {
    return networks.judges().activations(scope, scope.upload(picture));
  }

  private double distance(TensorScope scope, FloatTensor picture, List<DeviceTensor> wanted) {
    CriticNetworks judges = networks.judges();
    DeviceTensor one = scope.upload(new float[] {1}, 1);
    List<DeviceTensor> own = activations(scope, picture);
    double sum = 0;
    for (int layer = 0; layer < wanted.size(); layer++) {
      sum +=
          judges
              .losses()
              .unlike(scope, own.get(layer), wanted.get(layer), judges.head(layer), one)
              .item();
    }
    return sum;
  }

  private static void clamp(FloatTensor picture) {
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = Math.max(-1, Math.min(1, picture.data()[i]));
    }
  }

  @Override
  public void close() {
    networks.close();
    replica.close();
    weights.close();
  }
}
