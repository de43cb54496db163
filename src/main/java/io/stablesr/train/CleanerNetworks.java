package io.stablesr.train;

import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableNetwork;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.network.SrvggNet;
import java.util.Map;

/** The cleaner over one replica of its weights. */
final class CleanerNetworks implements TrainedNetworks {
  /** Side that the cleaner is recorded at; it takes others too. */
  static final int RECORDED_PIXELS = 32;

  // A picture's border is padded as a piece's is, so what is learned at the one serves the other.
  private static final int BORDER_PIXELS = 0;

  private final int scale;
  private final TrainableNetwork cleaner;
  private final CriticNetworks judges;

  CleanerNetworks(
      SrvggNet network,
      TensorEngine engine,
      TrainableWeights.Replica replica,
      CompileOptions options,
      Critics critics) {
    this.scale = network.scale();
    this.cleaner =
        engine.trainable(network.graph(RECORDED_PIXELS, RECORDED_PIXELS), replica, options);
    this.judges =
        new CriticNetworks(engine, replica, options, new Losses(engine, 1, BORDER_PIXELS), critics);
  }

  @Override
  public CriticNetworks judges() {
    return judges;
  }

  /** How much larger pictures become. */
  int scale() {
    return scale;
  }

  /** Cleans pictures {@code [N,3,h,w]} in 0..1: {@code [N,3,s*h,s*w]} in -1..1, unclamped. */
  DeviceTensor clean(TensorScope scope, DeviceTensor picture) {
    DeviceTensor out = cleaner.run(scope, Map.of("picture", picture)).get("out");
    return judges.losses().mix(scope, 2, out, -1, scope.upload(new float[] {1}, 1));
  }

  @Override
  public void close() {
    judges.close();
    cleaner.close();
  }
}
