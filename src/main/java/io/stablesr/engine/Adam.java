package io.stablesr.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.stablesr.core.FloatTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Adam and AdamW with an exponential moving average of the weights. The state is ours, so that it
 * can be saved: per weight the first and second moment and the average.
 */
public final class Adam implements AutoCloseable {
  private static final String METHODS =
      """
      def gather(self: __torch__.Net, total: List[Tensor], part: List[Tensor]) -> NoneType:
        torch._foreach_add_(total, part)
        torch._foreach_zero_(part)
        return None
      def clear(self: __torch__.Net, grads: List[Tensor]) -> NoneType:
        torch._foreach_zero_(grads)
        return None
      def norm(self: __torch__.Net, grads: List[Tensor], out: Tensor) -> NoneType:
        norms = torch.stack(torch._foreach_norm(grads, 2), 0)
        _0 = torch.copy_(out, torch.sqrt(torch.sum(torch.mul(norms, norms))))
        return None
      def step(self: __torch__.Net, w: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], ema: List[Tensor], count: Tensor, scale: float, lr: float, beta1: float, beta2: float, decay: float, eps: float, decoupled: bool, average: float) -> NoneType:
        torch._foreach_mul_(grads, scale)
        steps = annotate(List[Tensor], [])
        for g in grads:
          steps = torch.append(steps, torch.clone(count))
        if decoupled:
          torch._fused_adamw_(w, grads, m, v, annotate(List[Tensor], []), steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
        else:
          torch._fused_adam_(w, grads, m, v, annotate(List[Tensor], []), steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
        torch._foreach_lerp_(ema, w, average)
        torch._foreach_zero_(grads)
        return None
      """;

  private final TrainableWeights weights;
  private final List<TrainableWeights.Replica> replicas;
  private final List<String> keys;
  private final List<String> others;
  private final ScriptModule module;
  private final NDManager manager;
  private final Map<String, PtNDArray> first = new LinkedHashMap<>();
  private final Map<String, PtNDArray> second = new LinkedHashMap<>();
  private final Map<String, PtNDArray> average = new LinkedHashMap<>();

  /**
   * The numbers of one step.
   *
   * @param learningRate of this step
   * @param beta1 memory of the first moment
   * @param beta2 memory of the second moment
   * @param weightDecay of AdamW (decoupled) or Adam (added to the gradient)
   * @param epsilon added to the root of the second moment
   * @param kind which of the two
   * @param gradientScale factor of the summed gradients, before clipping
   * @param maximumNorm gradients of a larger norm are scaled down to it; infinite for none
   * @param averageMemory decay of the moving average, 0 for the weights themselves
   */
  public record Step(
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon,
      Kind kind,
      double gradientScale,
      double maximumNorm,
      double averageMemory) {}

  /** How weights decay. */
  public enum Kind {
    /** Kingma and Ba 2015; decay is part of the gradient. */
    ADAM,
    /** Loshchilov and Hutter 2019; decay is apart from the gradient. */
    ADAMW
  }

  /** What is saved of one weight besides its values. */
  public record State(FloatTensor first, FloatTensor second, FloatTensor average) {}

  Adam(
      ComputeDevice device,
      TrainableWeights weights,
      List<TrainableWeights.Replica> replicas,
      Predicate<String> wanted) {
    this.weights = weights;
    this.replicas = List.copyOf(replicas);
    this.keys = replicas.get(0).trained().stream().filter(wanted).toList();
    this.others = replicas.get(0).trained().stream().filter(wanted.negate()).toList();
    this.module = TensorFunctions.module(device, "adam", METHODS, "");
    this.manager = NDManager.newBaseManager(device.djl(), "PyTorch");
    for (String key : keys) {
      PtNDArray weight = weights.tensor(key);
      first.put(key, (PtNDArray) manager.zeros(weight.getShape()));
      second.put(key, (PtNDArray) manager.zeros(weight.getShape()));
      average.put(key, TrainableWeights.upload(manager, weights.download(key)));
    }
  }

  /** Keys of the trained weights. */
  public List<String> keys() {
    return keys;
  }

  /** The state of a weight. */
  public State state(String key) {
    return new State(download(first, key), download(second, key), download(average, key));
  }

  /** The moving average of a weight. */
  public FloatTensor average(String key) {
    return download(average, key);
  }

  /** Restores the state of a weight. */
  public void restore(String key, State state) {
    replace(first, key, state.first());
    replace(second, key, state.second());
    replace(average, key, state.average());
  }

  /**
   * Sums the gradients of all replicas, changes the weights and clears all gradients, also of
   * weights that another optimiser trains.
   *
   * @param number of this step, from 1
   * @return norm of the scaled gradient before clipping
   */
  public double step(long number, Step options) {
    List<PtNDArray> handles = new ArrayList<>();
    try (NDManager scope = manager.newSubManager()) {
      clearOthers(handles);
      PtNDArray[] total = gradients(replicas.get(0), keys, handles);
      for (TrainableWeights.Replica replica : replicas.subList(1, replicas.size())) {
        PtNDArray[] part = gradients(replica, keys, handles);
        module.mutate("gather", IValue.listFrom(total), IValue.listFrom(part));
      }
      PtNDArray norm = (PtNDArray) scope.create(0f);
      module.mutate("norm", IValue.listFrom(total), IValue.from(norm));
      double length = norm.getFloat() * options.gradientScale();
      double clip = length > options.maximumNorm() ? options.maximumNorm() / length : 1;
      if (!Double.isFinite(length)) {
        throw new io.stablesr.core.StableSrException(
            io.stablesr.core.ErrorCode.NOT_FINITE,
            "The gradient of step %d is not finite; lower the learning rate or continue from an earlier checkpoint."
                .formatted(number));
      }
      module.mutate(
          "step",
          IValue.listFrom(keys.stream().map(weights::tensor).toArray(PtNDArray[]::new)),
          IValue.listFrom(total),
          IValue.listFrom(first.values().toArray(PtNDArray[]::new)),
          IValue.listFrom(second.values().toArray(PtNDArray[]::new)),
          IValue.listFrom(average.values().toArray(PtNDArray[]::new)),
          IValue.from((PtNDArray) scope.create((float) number)),
          IValue.from(options.gradientScale() * clip),
          IValue.from(options.learningRate()),
          IValue.from(options.beta1()),
          IValue.from(options.beta2()),
          IValue.from(options.weightDecay()),
          IValue.from(options.epsilon()),
          IValue.from(options.kind() == Kind.ADAMW),
          IValue.from(1 - options.averageMemory()));
      return length;
    } finally {
      handles.forEach(PtNDArray::close);
    }
  }

  private void clearOthers(List<PtNDArray> handles) {
    if (others.isEmpty()) {
      return;
    }
    for (TrainableWeights.Replica replica : replicas) {
      module.mutate("clear", IValue.listFrom(gradients(replica, others, handles)));
    }
  }

  private static PtNDArray[] gradients(
      TrainableWeights.Replica replica, List<String> of, List<PtNDArray> handles) {
    PtNDArray[] gradients = of.stream().map(replica::gradientOf).toArray(PtNDArray[]::new);
    handles.addAll(List.of(gradients));
    return gradients;
  }

  private FloatTensor download(Map<String, PtNDArray> tensors, String key) {
    return new DeviceTensor(tensors.get(key)).download();
  }

  private void replace(Map<String, PtNDArray> tensors, String key, FloatTensor values) {
    PtNDArray before = tensors.put(key, TrainableWeights.upload(manager, values));
    if (before != null) {
      before.close();
    }
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }
}
