package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Restores a fixed set of patches with the averaged weights: figures for the curve, and a sheet of
 * pictures (bicubic, w = 0, w = 1, teacher, ground truth).
 */
final class RestorerValidation extends PictureValidation<RestorerNetworks> {
  private static final int BORDER = 8;
  private static final long SEED = 77;

  private final List<Integer> timesteps;

  RestorerValidation(
      PatchSet patches,
      Path folder,
      List<Integer> timesteps,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<RestorerNetworks> maker) {
    super(patches, folder, engine, values, maker);
    this.timesteps = List.copyOf(timesteps);
  }

  @Override
  List<FloatTensor> row(int index, Figures figures) {
    PatchBatch batch = PatchBatch.whole(patches(), index, index + 1);
    SplittableRandom random = new SplittableRandom(SEED + index);
    RestorerNetworks networks = networks();
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
}
