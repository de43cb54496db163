package io.stablesr.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompiledNetwork.Repetition;
import io.stablesr.graph.Graph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** libtorch on one device. */
public final class TensorEngine implements AutoCloseable {
  private static final String ENGINE_NAME = "PyTorch";
  private static final System.Logger LOG = System.getLogger(TensorEngine.class.getName());

  private final ComputeDevice device;
  private final NDManager root;
  private final CallThreads calls;
  private final Optional<Replays.Shared> replays;
  private final AtomicLong live = new AtomicLong();

  private TensorEngine(
      ComputeDevice device, NDManager root, CallThreads calls, Optional<Replays.Shared> replays) {
    this.device = device;
    this.root = root;
    this.calls = calls;
    this.replays = replays;
  }

  /** What libtorch chose, read before anybody sets another number. */
  private static final class Standard {
    private static final int THREADS = JniUtils.getNumThreads();
  }

  /** Opens a device whose calls take turns; {@code threads} as in {@link ProcessorUse}. */
  public static TensorEngine open(ComputeDevice device, int threads) {
    return open(device, ProcessorUse.turns(threads));
  }

  /** Opens a device on which nothing is replayed. */
  public static TensorEngine open(ComputeDevice device, ProcessorUse use) {
    return open(device, use, Replay.NEVER);
  }

  /**
   * Opens a device.
   *
   * @param use of the processor, where that is the device
   * @param replay of networks compiled with {@link #compileRepeated}
   * @throws StableSrException ENGINE when the device does not exist: there is no silent fallback to
   *     the processor
   */
  public static TensorEngine open(ComputeDevice device, ProcessorUse use, Replay replay) {
    return open(
        device,
        use,
        () ->
            replay == Replay.WHERE_POSSIBLE && device.kind() == ComputeDevice.Kind.CUDA
                ? cudaGraphs(device)
                : Optional.empty());
  }

  private static Optional<Replays.Recorder> cudaGraphs(ComputeDevice device) {
    if (CudaGraph.isPresent()) {
      return Optional.of(new CudaGraph.OneDevice(device));
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "DJL''s library has nothing of deploy/cuda-graphs.cc: evaluations on {0} start their kernels one by one, which is slower with few tiles; docs/gpu.md tells how to build it.",
        device);
    return Optional.empty();
  }

  /**
   * The same with any recorder.
   *
   * @param recorder asked for once libtorch is loaded
   */
  static TensorEngine open(
      ComputeDevice device, ProcessorUse use, Supplier<Optional<Replays.Recorder>> recorder) {
    Engine engine;
    try {
      engine = Engine.getEngine(ENGINE_NAME);
    } catch (RuntimeException | LinkageError e) {
      String library = System.getenv("PYTORCH_LIBRARY_PATH");
      boolean missing = library != null && !Files.exists(Path.of(library, "libtorch.so"));
      throw new StableSrException(
          ErrorCode.ENGINE,
          missing
              ? "libtorch could not be loaded: PYTORCH_LIBRARY_PATH is '%s', where there is no libtorch.so; set it to the folder torch/lib of an installation, see docs/gpu.md."
                  .formatted(library)
              : "libtorch could not be loaded (%s); see docs/troubleshooting.md.".formatted(e),
          e);
    }
    if (device.kind() == ComputeDevice.Kind.CUDA && engine.getGpuCount() <= device.ordinal()) {
      throw new StableSrException(
          ErrorCode.ENGINE,
          "Device %s was asked for, but libtorch sees %d GPUs; set model.device = cpu or see docs/gpu.md."
              .formatted(device, engine.getGpuCount()));
    }
    if (device.kind() == ComputeDevice.Kind.CUDA && !CudaNorm.isPresent()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "DJL''s library has nothing of deploy/cuda-norm.cu: networks on {0} run channels first, which is slower; docs/gpu.md tells how to build it.",
          device);
    }
    int standard = Standard.THREADS;
    if (use.threads() > 0) {
      // For what is computed outside of networks as well, such as training.
      JniUtils.setNumThreads(use.threads());
    }
    CallThreads calls =
        device.kind() == ComputeDevice.Kind.CPU
            ? CallThreads.onProcessor(use, standard, Runtime.getRuntime().availableProcessors())
            : CallThreads.takingTurns();
    Optional<Replays.Shared> replays = recorder.get().map(Replays.Shared::new);
    return new TensorEngine(
        device, NDManager.newBaseManager(device.djl(), ENGINE_NAME), calls, replays);
  }

  /** Threads of the calls of this engine's networks. */
  public CallThreads calls() {
    return calls;
  }

  /** The device. */
  public ComputeDevice device() {
    return device;
  }

  /**
   * The measured best for this device and the loaded library (docs/performance.md, docs/gpu.md).
   */
  public CompileOptions recommended(Precision precision) {
    return device.kind() == ComputeDevice.Kind.CUDA && CudaNorm.isPresent()
        ? CompileOptions.recommended(device, precision).channelsLastNorm()
        : CompileOptions.recommended(device, precision);
  }

  /** All memory of the device where it is a GPU; empty on a processor. */
  public OptionalLong gpuBytes() {
    return device.kind() == ComputeDevice.Kind.CUDA
        ? OptionalLong.of(CudaUtils.getGpuMemory(device.djl()).getMax())
        : OptionalLong.empty();
  }

  /** A scope for tensors of one piece of work. */
  public TensorScope scope() {
    return new TensorScope(root.newSubManager(), live);
  }

  /**
   * Compiles a graph and hands it its weights.
   *
   * @throws StableSrException CHECKPOINT_KEYS when a weight is missing or has another size
   */
  public CompiledNetwork compile(Graph graph, Weights weights, CompileOptions options) {
    return compile(graph, weights, options, NormStatistics.LOCAL);
  }

  /** {@link #compile(Graph, Weights, CompileOptions)} with a choice of normalisation statistics. */
  public CompiledNetwork compile(
      Graph graph, Weights weights, CompileOptions options, NormStatistics statistics) {
    return CompiledNetwork.load(this, graph, weights, options, statistics, Repetition.RARE);
  }

  /**
   * The same for a network that is evaluated many times with few different shapes: on a GPU its
   * evaluations are replayed where that was asked for.
   */
  public CompiledNetwork compileRepeated(Graph graph, Weights weights, CompileOptions options) {
    return CompiledNetwork.load(
        this, graph, weights, options, NormStatistics.LOCAL, Repetition.FREQUENT);
  }

  Optional<Replays.Shared> shared() {
    return replays;
  }

  /** Whether networks compiled with {@link #compileRepeated} are replayed. */
  public boolean replays() {
    return replays.isPresent();
  }

  /** Weights that training changes, copied to the device. */
  public TrainableWeights trainable(Map<String, FloatTensor> values) {
    return new TrainableWeights(device, values);
  }

  /** Compiles a graph over live weights. */
  public TrainableNetwork trainable(
      Graph graph, TrainableWeights.Replica weights, CompileOptions options) {
    return TrainableNetwork.load(device, graph, weights, options);
  }

  /**
   * Compiles functions that are written as TorchScript.
   *
   * @param methods methods of the module, not indented
   * @param functions free functions that they call as {@code __torch__.name}
   */
  public TensorFunctions functions(String name, String methods, String functions) {
    return TensorFunctions.load(device, name, methods, functions);
  }

  /**
   * An optimiser of the trained weights of these replicas, which are of {@code weights}.
   *
   * @param wanted chooses among the trained weights
   */
  public Adam adam(
      TrainableWeights weights, List<TrainableWeights.Replica> replicas, Predicate<String> wanted) {
    return new Adam(device, weights, replicas, wanted);
  }

  /**
   * Switches the recording of gradients on or off for the calling thread; what a network returns
   * while it is off is a constant for others.
   */
  public static void recordGradients(Recording recording) {
    JniUtils.setGradMode(recording == Recording.ON);
  }

  /** Whether evaluations of trainable networks are recorded for gradients. */
  public enum Recording {
    /** They are. */
    ON,
    /** They are not. */
    OFF
  }

  /** Tensors of all open scopes; weights are not counted. */
  public long liveTensors() {
    return live.get();
  }

  /** libtorch's version. */
  public static String version() {
    return Engine.getEngine(ENGINE_NAME).getVersion();
  }

  /** Threads inside a native call of the calling thread. */
  public static int threads() {
    return JniUtils.getNumThreads();
  }

  @Override
  public void close() {
    root.close();
  }
}
