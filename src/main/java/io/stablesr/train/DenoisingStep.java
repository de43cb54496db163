package io.stablesr.train;

import io.stablesr.diffusion.DiffusionTables;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;

/**
 * The loss of diffusion training (paper section 3.1; Ho et al. 2020, equation 14): the mean over
 * the batch of the mean squared difference between the network's output and the noise or the
 * velocity.
 *
 * @param noisy {@code x_t = sqrt(ac_t) z + sqrt(1 - ac_t) noise}
 * @param output of the network
 * @param loss its mean squared difference to the target
 */
record DenoisingStep(DeviceTensor noisy, DeviceTensor output, DeviceTensor loss) {
  /**
   * Computes the loss.
   *
   * @param good latent to be restored {@code [N,4,h,w]}
   * @param poor latent of the low-quality picture
   * @param noise unit normals
   * @param timesteps one per entry
   */
  static DenoisingStep of(
      RestorerNetworks networks,
      TensorScope scope,
      DeviceTensor good,
      DeviceTensor poor,
      DeviceTensor noise,
      int[] timesteps) {
    DeviceTensor noisy = networks.noised(scope, good, noise, timesteps);
    DeviceTensor output = networks.predict(scope, noisy, poor, timesteps);
    DeviceTensor target = target(networks, scope, good, poor, noise, timesteps);
    return new DenoisingStep(noisy, output, networks.losses().squared(scope, output, target));
  }

  private static DeviceTensor target(
      RestorerNetworks networks,
      TensorScope scope,
      DeviceTensor good,
      DeviceTensor poor,
      DeviceTensor noise,
      int[] timesteps) {
    Parameterization parameterization = networks.model().parameterization();
    if (parameterization instanceof Parameterization.Eps) {
      return noise;
    }
    if (parameterization instanceof Parameterization.LrResidual residual) {
      double scale = 1 / residual.residualScale();
      return networks.losses().mix(scope, scale, good, -scale, poor);
    }
    DiffusionTables tables = networks.model().schedule().tables();
    float[] signal = new float[timesteps.length];
    float[] rest = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      signal[i] = tables.sqrtAlphaCumprod(timesteps[i]);
      rest[i] = -tables.sqrtOneMinusAlphaCumprod(timesteps[i]);
    }
    return networks
        .losses()
        .mix(
            scope,
            RestorerNetworks.perEntry(scope, signal),
            noise,
            RestorerNetworks.perEntry(scope, rest),
            good);
  }
}
