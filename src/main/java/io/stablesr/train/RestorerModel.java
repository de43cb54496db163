package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.NoiseSchedule;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.graph.Scope;
import io.stablesr.network.Architecture;
import io.stablesr.restore.ModelDescription.Posterior;

/**
 * What the trainers of a whole restorer know of its model.
 *
 * @param architecture shapes of its networks
 * @param parameterization what the denoiser's output means
 * @param latentScale between the autoencoder's latent and the denoiser's
 * @param schedule of the noise
 * @param context of the empty prompt {@code [1,L,C]}
 * @param waveletLevels of the colour correction
 * @param autoencoder where the autoencoder's weights stand
 * @param posterior how a latent is taken from the encoder's posterior
 */
public record RestorerModel(
    Architecture architecture,
    Parameterization parameterization,
    double latentScale,
    NoiseSchedule schedule,
    FloatTensor context,
    int waveletLevels,
    Scope autoencoder,
    Posterior posterior) {}
