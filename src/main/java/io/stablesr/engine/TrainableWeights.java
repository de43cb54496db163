package io.stablesr.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.stablesr.core.FloatTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Weights in fp32 that training changes in place. What gradients are taken of are {@link Replica}s:
 * they share the values and have gradients of their own, one replica for each thread.
 */
public final class TrainableWeights implements AutoCloseable {
  private static final String METHODS =
      """
      def assign(self: __torch__.Net, to: Tensor, value: Tensor) -> NoneType:
        _0 = torch.copy_(to, value)
        return None
      """;

  private final NDManager manager;
  private final ScriptModule module;
  private final Map<String, PtNDArray> tensors = new LinkedHashMap<>();

  TrainableWeights(ComputeDevice device, Map<String, FloatTensor> values) {
    this.manager = NDManager.newBaseManager(device.djl(), "PyTorch");
    this.module = TensorFunctions.module(device, "weights", METHODS, "");
    values.forEach((key, value) -> tensors.put(key, upload(manager, value)));
  }

  /** All keys. */
  public List<String> keys() {
    return List.copyOf(tensors.keySet());
  }

  /** Copies the present values of a weight to the Java heap. */
  public FloatTensor download(String key) {
    return new DeviceTensor(tensor(key)).download();
  }

  /** Replaces the values of a weight; replicas see it. */
  public void set(String key, FloatTensor values) {
    PtNDArray tensor = tensor(key);
    if (!Arrays.equals(longs(values.shape()), tensor.getShape().getShape())) {
      throw new IllegalArgumentException(
          "Weight %s has shape %s, not %s".formatted(key, tensor.getShape(), values));
    }
    // DJL's own set() would exchange the memory, which replicas share.
    try (PtNDArray source = upload(manager, values)) {
      module.mutate("assign", IValue.from(tensor), IValue.from(source));
    }
  }

  /** Leaf tensors over the same memory. Frozen weights take no gradient. */
  public Replica replica(Predicate<String> trainable) {
    NDManager own = manager.newSubManager();
    Map<String, PtNDArray> leaves = new LinkedHashMap<>();
    List<String> trained = new ArrayList<>();
    tensors.forEach(
        (key, tensor) -> {
          PtNDArray leaf = (PtNDArray) tensor.stopGradient();
          leaf.attach(own);
          if (trainable.test(key)) {
            leaf.setRequiresGradient(true);
            trained.add(key);
          }
          leaves.put(key, leaf);
        });
    return new Replica(own, leaves, trained);
  }

  PtNDArray tensor(String key) {
    PtNDArray tensor = tensors.get(key);
    if (tensor == null) {
      throw new IllegalArgumentException("There is no weight " + key);
    }
    return tensor;
  }

  /** A copy in libtorch's own memory; DJL leaves new arrays in memory that Java may free. */
  static PtNDArray upload(NDManager manager, FloatTensor value) {
    try (NDArray java =
        manager.create(FloatBuffer.wrap(value.data()), new Shape(longs(value.shape())))) {
      return (PtNDArray) java.duplicate();
    }
  }

  private static long[] longs(int[] shape) {
    return Arrays.stream(shape).asLongStream().toArray();
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }

  /** One thread's view of the weights. */
  public static final class Replica implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, PtNDArray> leaves;
    private final List<String> trained;

    private Replica(NDManager manager, Map<String, PtNDArray> leaves, List<String> trained) {
      this.manager = manager;
      this.leaves = leaves;
      this.trained = List.copyOf(trained);
    }

    /** Keys of the weights that take gradients. */
    public List<String> trained() {
      return trained;
    }

    /** A copy of the gradient that has been summed up since the last optimiser step. */
    public FloatTensor gradient(String key) {
      try (PtNDArray gradient = gradientOf(key)) {
        return new DeviceTensor(gradient).download();
      }
    }

    PtNDArray gradientOf(String key) {
      return leaf(key).getGradient();
    }

    PtNDArray leaf(String key) {
      PtNDArray leaf = leaves.get(key);
      if (leaf == null) {
        throw new IllegalArgumentException("There is no weight " + key);
      }
      return leaf;
    }

    Map<String, PtNDArray> leaves() {
      return Collections.unmodifiableMap(leaves);
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
