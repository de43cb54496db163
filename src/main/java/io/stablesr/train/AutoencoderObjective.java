package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Reconstruction of good and poor pictures by encoder and decoder, through the colour correction,
 * plus a little divergence from the unit normal.
 *
 * @param patches examples
 * @param count pieces per share
 * @param side of a piece in pixels
 * @param gradientWeight of differences between neighbours
 * @param divergenceWeight of the divergence per latent value
 */
record AutoencoderObjective(
    PictureSource patches, int count, int side, double gradientWeight, double divergenceWeight)
    implements Objective<RestorerNetworks> {
  @Override
  public boolean trains(String key) {
    return (key.startsWith("encoder.")
            || key.startsWith("decoder.")
            || key.startsWith("quant_conv.")
            || key.startsWith("post_quant_conv."))
        && !key.contains("fusion_layer");
  }

  @Override
  public Map<String, Double> share(RestorerNetworks networks, RandomGenerator random, long step) {
    PatchBatch batch = patches.draw(random, count, side);
    double kind = random.nextDouble();
    FloatTensor picture =
        kind < 0.2 ? batch.source() : batch.target(kind < 0.6 ? 1 : random.nextDouble());
    Losses losses = networks.losses();
    try (TensorScope scope = networks.engine().scope()) {
      DeviceTensor target = scope.upload(picture);
      RestorerNetworks.Encoded encoded = networks.encode(scope, target);
      DeviceTensor decoded = networks.decode(scope, encoded.latent());
      List<DeviceTensor> parts =
          losses.picture(scope, losses.color(scope, decoded, target), target, gradientWeight);
      DeviceTensor divergence = losses.divergence(scope, encoded.moments());
      double perValue = divergenceWeight / (encoded.latent().dim(1) * (double) side * side / 16);
      losses.mix(scope, 1, parts.get(0), perValue, divergence).backward();
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("loss", (double) parts.get(0).item());
      values.put("level", (double) parts.get(1).item());
      values.put("slope", (double) parts.get(2).item());
      return values;
    }
  }
}
