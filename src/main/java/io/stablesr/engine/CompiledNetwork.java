package io.stablesr.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.StoredTensor;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A compiled graph with its weights on a device. Evaluations from several threads are safe. */
public final class CompiledNetwork implements AutoCloseable {
  private final String name;
  private final CallThreads calls;
  private final Program program;
  // Kept because its finaliser frees the native module that the block points to.
  private final Model model;
  private final NDManager weightManager;
  private final Optional<Replays.Shared> shared;
  private final Optional<Replays> replays;

  private CompiledNetwork(
      String name,
      CallThreads calls,
      Program program,
      Model model,
      NDManager weightManager,
      Optional<Replays.Shared> shared,
      Repetition repetition) {
    this.name = name;
    this.calls = calls;
    this.program = program;
    this.model = model;
    this.weightManager = weightManager;
    this.shared = shared;
    this.replays =
        repetition == Repetition.FREQUENT
            ? shared.map(known -> new Replays(new Calls(), known))
            : Optional.empty();
  }

  /** How often a network is evaluated with equal shapes. */
  enum Repetition {
    /** So often that a recording pays. */
    FREQUENT,
    /** Not so often. */
    RARE
  }

  static CompiledNetwork load(
      TensorEngine engine,
      Graph graph,
      Weights weights,
      CompileOptions options,
      NormStatistics statistics,
      Repetition repetition) {
    Program program = ProgramWriter.write(graph, options, statistics, engine.device());
    Model model = Model.newInstance(graph.name(), engine.device().djl(), "PyTorch");
    // Stored weights are host memory; the program moves them to the device.
    NDManager manager = NDManager.newBaseManager(ai.djl.Device.cpu(), "PyTorch");
    CompiledNetwork network =
        new CompiledNetwork(
            graph.name(), engine.calls(), program, model, manager, engine.shared(), repetition);
    try {
      JniUtils.setGraphExecutorOptimize(false);
      engine.calls().settleForCompiling();
      byte[] archive = ScriptArchive.of(program.source());
      ((PtModel) model).load(new ByteArrayInputStream(archive), false);
      for (Program.WeightUse use : program.weights()) {
        network.put(use, weights.get(use.key()), engine.device());
      }
      return network;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      network.close();
      throw failure("load", graph.name(), e);
    }
  }

  private void put(Program.WeightUse use, StoredTensor tensor, ComputeDevice device) {
    long size = use.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (tensor.elements() != size) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Weight %s has shape %s; network %s needs %s."
              .formatted(use.key(), Arrays.toString(tensor.shape()), name, use.shape()));
    }
    long[] shape = use.shape().stream().mapToLong(Integer::longValue).toArray();
    PtNDArray array = stored(tensor);
    int scalarType = tensor.type() == ElementType.BF16 ? 15 : 0;
    try (IValue key = IValue.from(use.key());
        IValue value = IValue.from(array);
        IValue stored = IValue.from(scalarType);
        IValue dims = IValue.listFrom(shape);
        IValue role = IValue.from(use.role().code());
        IValue stride = IValue.from(use.stride());
        IValue padding = IValue.from(use.padding());
        IValue target = IValue.from(device.toString())) {
      // The program may keep the tensor itself, and with it memory of the mapping: the array that
      // holds the mapping stays with the weight manager.
      IValueUtils.runMethod(block(), "put", key, value, stored, dims, role, stride, padding, target)
          .close();
    }
  }

  private PtNDArray stored(StoredTensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    DataType type =
        switch (tensor.type()) {
          case F32 -> DataType.FLOAT32;
          case F16 -> DataType.FLOAT16;
          case F64 -> DataType.FLOAT64;
          case I64 -> DataType.INT64;
          case I32 -> DataType.INT32;
          // DJL cannot make bf16 tensors: the bytes travel and are reinterpreted in the program.
          case BF16, U8 -> DataType.UINT8;
          case I8 -> DataType.INT8;
          case BOOL -> DataType.BOOLEAN;
          case I16 ->
              throw new StableSrException(
                  ErrorCode.CHECKPOINT_KEYS,
                  "Weight %s is stored as 16-bit integers; floating point is needed."
                      .formatted(tensor.name()));
        };
    long elements = tensor.elements() * (tensor.type() == ElementType.BF16 ? 2 : 1);
    return (PtNDArray) weightManager.create(bytes, new Shape(elements), type);
  }

  /** Names of the arguments. */
  public List<String> inputs() {
    return program.inputs();
  }

  /** Names of the results. */
  public List<String> outputs() {
    return program.outputs();
  }

  /**
   * Keys of the scales of the group normalisations in the order of {@link NormStatistics#SHARED};
   * empty for a network compiled with {@link NormStatistics#LOCAL}.
   */
  public List<String> norms() {
    return program.norms();
  }

  /** The generated TorchScript, for inspection. */
  public String source() {
    return program.source();
  }

  /**
   * Evaluates the network in one native call; the results belong to {@code scope}.
   *
   * @throws StableSrException OUT_OF_MEMORY or ENGINE
   */
  public Map<String, DeviceTensor> run(TensorScope scope, Map<String, DeviceTensor> arguments) {
    List<PtNDArray> values =
        program.ordered(name, arguments).stream().map(DeviceTensor::array).toList();
    try {
      // The flag is thread-local in libtorch; profiling would re-specialise per shape.
      JniUtils.setGraphExecutorOptimize(false);
      calls.settle();
      return program.named(evaluated(scope.manager(), values).stream().map(scope::own).toList());
    } catch (EngineException e) {
      throw failure("evaluate", name, e);
    }
  }

  private List<PtNDArray> evaluated(PtNDManager manager, List<PtNDArray> arguments) {
    int releases = shared.map(Replays.Shared::releases).orElse(0);
    try {
      return replayed(manager, arguments);
    } catch (EngineException e) {
      // Recordings of any network are a comfort only.
      if (isOutOfMemory(String.valueOf(e.getMessage()))
          && shared.isPresent()
          && shared.get().release(releases)) {
        return replayed(manager, arguments);
      }
      throw e;
    }
  }

  private List<PtNDArray> replayed(PtNDManager manager, List<PtNDArray> arguments) {
    return replays.isPresent()
        ? replays.get().run(manager, arguments)
        : new Calls().evaluate(manager, arguments);
  }

  /** Calls of the program. */
  private final class Calls implements Replays.Evaluation {
    @Override
    public String name() {
      return name;
    }

    @Override
    public List<PtNDArray> evaluate(PtNDManager manager, List<PtNDArray> arguments) {
      List<IValue> values = new ArrayList<>();
      try {
        arguments.forEach(argument -> values.add(IValue.from(argument)));
        try (IValue result =
            IValueUtils.runMethod(block(), "forward", values.toArray(IValue[]::new))) {
          return List.of(result.toTensorArray(manager));
        }
      } finally {
        values.forEach(IValue::close);
      }
    }

    @Override
    public void copy(List<PtNDArray> into, List<PtNDArray> from) {
      try (IValue targets = IValue.listFrom(into.toArray(PtNDArray[]::new));
          IValue sources = IValue.listFrom(from.toArray(PtNDArray[]::new))) {
        IValueUtils.runMethod(block(), "copy", targets, sources).close();
      }
    }
  }

  private PtSymbolBlock block() {
    return (PtSymbolBlock) model.getBlock();
  }

  static StableSrException failure(String action, String network, Exception cause) {
    if (cause instanceof StableSrException known) {
      return known;
    }
    String message = String.valueOf(cause.getMessage());
    if (message.contains("fp16 path needs the cpu support")) {
      return new StableSrException(
          ErrorCode.ENGINE,
          "This processor does not compute in fp16; set model.dtype = bf16 or fp32, or model.device to a GPU.",
          cause);
    }
    boolean memory = isOutOfMemory(message);
    return new StableSrException(
        memory ? ErrorCode.OUT_OF_MEMORY : ErrorCode.ENGINE,
        memory
            ? "Memory was not enough to %s network %s; use a smaller tile-batch or vae-tile-pixels."
                .formatted(action, network)
            : "Could not %s network %s: %s".formatted(action, network, lastLine(message)),
        cause);
  }

  private static boolean isOutOfMemory(String message) {
    return message.contains("can't allocate memory") || message.contains("out of memory");
  }

  /** libtorch puts the program's traceback first and what went wrong last. */
  private static String lastLine(String message) {
    int error = message.lastIndexOf("RuntimeError: ");
    if (error >= 0) {
      return message.substring(error).strip();
    }
    String[] lines = message.strip().split("\n", -1);
    return lines[lines.length - 1].strip();
  }

  @Override
  public void close() {
    replays.ifPresent(Replays::close);
    model.close();
    weightManager.close();
  }
}
