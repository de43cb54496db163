package io.stablesr.train;

import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The denoiser and its condition encoder alone, in latent space. Noisy latents are made from the
 * target, or from what the denoiser itself makes of the highest timestep, as sampling does.
 *
 * @param patches examples
 * @param count pieces per share
 * @param side of a piece in pixels
 * @param teacherShare of the target
 * @param ownShare of the shares whose noisy latents come from the denoiser's own result
 */
record LatentObjective(
    PictureSource patches, int count, int side, double teacherShare, double ownShare)
    implements Objective<RestorerNetworks> {
  @Override
  public boolean trains(String key) {
    return key.startsWith("model.diffusion_model.") || key.startsWith("structcond_stage_model.");
  }

  @Override
  public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
    PatchBatch batch = patches.draw(random, count, side);
    Losses losses = networks.losses();
    RestorerModel model = networks.model();
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor source = scope.upload(batch.source());
      DeviceTensor good = scope.upload(batch.target(teacherShare));
      DeviceTensor zLr = networks.encode(scope, source).latent();
      DeviceTensor z = networks.encode(scope, good).latent();
      DeviceTensor noise = Draws.normal(scope, random, z.shape());
      int[] t = Draws.timesteps(random, z.dim(0), model.schedule().size());
      DeviceTensor from = z;
      if (random.nextDouble() < ownShare) {
        TensorEngine.recordGradients(TensorEngine.Recording.OFF);
        int[] top = RestorerNetworks.all(z.dim(0), model.schedule().size() - 1);
        DeviceTensor start = networks.noised(scope, zLr, noise, top);
        from = networks.clean(scope, start, zLr, networks.predict(scope, start, zLr, top), top);
        TensorEngine.recordGradients(TensorEngine.Recording.ON);
      }
      DeviceTensor x = networks.noised(scope, from, noise, t);
      DeviceTensor out = networks.predict(scope, x, zLr, t);
      DeviceTensor clean = networks.clean(scope, x, zLr, out, t);
      double scale =
          model.parameterization() instanceof Parameterization.LrResidual residual
              ? 1 / residual.residualScale()
              : 5;
      DeviceTensor loss = losses.charbonnier(scope, clean, z, scale);
      loss.backward();
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("loss", (double) loss.item());
      return values;
    }
  }
}
