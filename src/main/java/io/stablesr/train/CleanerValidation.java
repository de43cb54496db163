package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Cleans a fixed set of patches with the averaged weights: figures for the curve, and a sheet of
 * pictures (bicubic, cleaner, teacher, ground truth), where bicubic is the input itself for a
 * cleaner of scale 1. The perceptual distance is LPIPS where the stage has its heads.
 */
final class CleanerValidation extends PictureValidation<CleanerNetworks> {
  private static final int BORDER = 8;

  private final Judging judging;

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
    super(patches, folder, engine, values, maker);
    this.judging = judging;
  }

  @Override
  List<FloatTensor> row(int index, Figures figures) {
    int scale = networks().scale();
    CleanerBatch batch = CleanerBatch.whole(patches().get(index)).forScale(scale);
    FloatTensor truth = batch.groundTruth();
    FloatTensor bicubic =
        scale == 1
            ? signed(batch.lowQuality())
            : PatchBatch.whole(patches(), index, index + 1).source();
    int border = BORDER * scale / Patch.SCALE;
    try (TensorScope scope = networks().judges().engine().scope()) {
      FloatTensor made = networks().clean(scope, scope.upload(batch.lowQuality())).download();
      clamp(made);
      figures.add("psnr-bicubic", Figures.psnr(bicubic, truth, border));
      figures.add("psnr-teacher", Figures.psnr(batch.teacher(), truth, border));
      figures.add("psnr-cleaner", Figures.psnr(made, truth, border));
      figures.add("like-bicubic", Figures.psnr(bicubic, batch.teacher(), border));
      figures.add("like-cleaner", Figures.psnr(made, batch.teacher(), border));
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
    return networks().judges().activations(scope, scope.upload(picture));
  }

  private double distance(TensorScope scope, FloatTensor picture, List<DeviceTensor> wanted) {
    CriticNetworks judges = networks().judges();
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

  private static FloatTensor signed(FloatTensor picture) {
    FloatTensor signed = picture.copy();
    for (int i = 0; i < signed.size(); i++) {
      signed.data()[i] = 2 * signed.data()[i] - 1;
    }
    return signed;
  }

  private static void clamp(FloatTensor picture) {
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = Math.max(-1, Math.min(1, picture.data()[i]));
    }
  }
}
