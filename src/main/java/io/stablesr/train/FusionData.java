package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradedPair;
import io.stablesr.diffusion.LatentRequest;
import io.stablesr.diffusion.LatentSampler;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplingListener;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Makes the training set of the fusion (paper section 3.2): degraded pictures, the latents that the
 * model samples for them, and for the eye the plainly decoded samples. Example n is a function of
 * the seed alone; what exists is left as it is, and the latent is written last.
 */
final class FusionData {
  private final Path folder;
  private final DegradedPhotos photos;
  private final RestorerNetworks networks;
  private final SamplingOptions sampling;
  private final int side;
  private final long seed;

  FusionData(
      Path folder,
      DegradedPhotos photos,
      RestorerNetworks networks,
      SamplingOptions sampling,
      int side,
      long seed) {
    this.folder = folder;
    this.photos = photos;
    this.networks = networks;
    this.sampling = sampling;
    this.side = side;
    this.seed = seed;
  }

  /** Makes what is missing of {@code count} examples. */
  void run(int count, PrintWriter log, BooleanSupplier stopped) throws IOException {
    for (String part :
        List.of(FusionPairs.INPUTS, FusionPairs.TRUTHS, FusionPairs.LATENTS, FusionPairs.SAMPLES)) {
      Files.createDirectories(folder.resolve(part));
    }
    int failed = 0;
    for (int number = 0; number < count && !stopped.getAsBoolean(); number++) {
      String name = "%08d".formatted(number);
      if (!Files.exists(latentFile(name)) && !make(name, number)) {
        failed++;
      }
      log.printf("%d of %d examples, %d without a finite latent%n", number + 1, count, failed);
      log.flush();
    }
  }

  private Path latentFile(String name) {
    return folder.resolve(FusionPairs.LATENTS).resolve(name + ".npy");
  }

  private boolean make(String name, int number) throws IOException {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    DegradedPair pair = photos.pair(random, side);
    FloatTensor condition = pair.condition();
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor poor = networks.posterior(scope, scope.upload(wide(condition)), random);
      FloatTensor latent = sample(poor.download(), name);
      FloatTensor sample = networks.decode(scope, scope.upload(latent)).download();
      write(FusionPairs.INPUTS, name, condition.reshape(1, 3, side, side), 0);
      write(FusionPairs.TRUTHS, name, pair.groundTruth().reshape(1, 3, side, side), 0);
      write(FusionPairs.SAMPLES, name, sample, 1);
      NumpyFile.write(latentFile(name), latent);
      return true;
    } catch (StableSrException e) {
      if (e.code() == ErrorCode.NOT_FINITE) {
        return false;
      }
      throw e;
    } finally {
      TensorEngine.recordGradients(TensorEngine.Recording.ON);
    }
  }

  private FloatTensor sample(FloatTensor zLr, String name) {
    RestorerModel model = networks.model();
    LatentSampler sampler =
        new LatentSampler(
            model.schedule(),
            model.parameterization(),
            Math.max(zLr.dim(2), zLr.dim(3)),
            (x, z, timestep, branches) -> List.of(predict(x, z, timestep)));
    return sampler.sample(
        LatentRequest.of(zLr, sampling, new PhiloxNoise(seed, name)), SamplingListener.NONE);
  }

  private FloatTensor predict(FloatTensor x, FloatTensor zLr, int timestep) {
    try (TensorScope scope = networks.engine().scope()) {
      int[] t = RestorerNetworks.all(x.dim(0), timestep);
      return networks.predict(scope, scope.upload(x), scope.upload(zLr), t).download();
    }
  }

  /** 0..1 to -1..1. */
  private FloatTensor wide(FloatTensor picture) {
    FloatTensor wide = FloatTensor.zeros(1, 3, side, side);
    for (int i = 0; i < wide.size(); i++) {
      wide.data()[i] = 2 * picture.data()[i] - 1;
    }
    return wide;
  }

  /**
   * Writes a picture of which 1 is white.
   *
   * @param shift 0 where 0 is black, 1 where -1 is
   */
  private void write(String part, String name, FloatTensor picture, int shift) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          float value = (picture.data()[(c * side + y) * side + x] + shift) / (1 + shift);
          rgb = rgb << 8 | Math.max(0, Math.min(255, Math.round(255 * value)));
        }
        image.setRGB(x, y, rgb);
      }
    }
    SampleSheet.write(folder.resolve(part).resolve(name + ".png"), image);
  }
}
