package io.stablesr.train;

import io.stablesr.checkpoint.NcnnModel;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableNetwork;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.network.SrvggNet;
import java.nio.file.Path;
import java.util.Map;

/**
 * A compact restorer whose results others learn to reproduce. It belongs to the thread that made
 * it.
 */
public final class Teacher implements AutoCloseable {
  private static final int RECORDED_SIDE = 64;

  private final TensorEngine engine;
  private final TrainableWeights weights;
  private final TrainableWeights.Replica replica;
  private final TrainableNetwork network;

  private Teacher(
      TensorEngine engine,
      TrainableWeights weights,
      TrainableWeights.Replica replica,
      TrainableNetwork network) {
    this.engine = engine;
    this.weights = weights;
    this.replica = replica;
    this.network = network;
  }

  /** Loads {@code realesr-general-x4v3} from its two ncnn files. */
  public static Teacher load(TensorEngine engine, Path param, Path bin, CompileOptions options) {
    TrainableWeights weights = engine.trainable(SrvggNet.weights(NcnnModel.read(param, bin)));
    TrainableWeights.Replica replica = weights.replica(key -> false);
    TrainableNetwork network =
        engine.trainable(SrvggNet.GENERAL_X4.graph(RECORDED_SIDE, RECORDED_SIDE), replica, options);
    return new Teacher(engine, weights, replica, network);
  }

  /** Enlarges {@code [3,h,w]} in 0..1 to {@code [3,4h,4w]}, unclamped. */
  public FloatTensor enlarge(FloatTensor picture) {
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    try (TensorScope scope = engine.scope()) {
      FloatTensor batch = picture.reshape(1, 3, picture.dim(1), picture.dim(2));
      FloatTensor out =
          network.run(scope, Map.of("picture", scope.upload(batch))).get("out").download();
      return out.reshape(3, out.dim(2), out.dim(3));
    } finally {
      TensorEngine.recordGradients(TensorEngine.Recording.ON);
    }
  }

  @Override
  public void close() {
    network.close();
    replica.close();
    weights.close();
  }
}
