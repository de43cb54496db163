package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.Replay;
import io.stablesr.restore.faces.FaceSettings;
import java.util.Objects;
import java.util.Optional;

/**
 * Which model runs, and on what. Two equal values may share one loaded model.
 *
 * @param bundle name of an embedded bundle, or the path of a local bundle folder
 * @param dtype number type of the networks
 * @param device {@code auto}, {@code gpu}, {@code cpu} or {@code cuda:N}
 * @param processor how native calls share the processor
 * @param replay whether evaluations are replayed, where that is a GPU
 * @param sharing whose tiles may share a native call
 * @param method what makes results; the bundle is that of {@link UpscaleMethod#STABLESR}
 * @param network weight files of a method that is a network
 * @param cleaner weight files of the network that cleans inputs of {@link UpscaleMethod#STABLESR}
 * @param faces restoration of faces, where it is on
 */
public record ModelSettings(
    String bundle,
    ModelDtype dtype,
    String device,
    ProcessorUse processor,
    Replay replay,
    TileSharing sharing,
    UpscaleMethod method,
    NetworkFiles network,
    NetworkFiles cleaner,
    Optional<FaceSettings> faces) {
  /** Checks every value. */
  public ModelSettings {
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(processor, "processor");
    Objects.requireNonNull(replay, "replay");
    Objects.requireNonNull(sharing, "sharing");
    Objects.requireNonNull(faces, "faces");
    if (bundle.isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG, "model.bundle is empty; name an embedded bundle or a bundle folder.");
    }
    if (!device.matches("auto|gpu|cpu|cuda:\\d{1,3}")) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.device is '%s'; it must be auto, gpu, cpu or cuda:N.".formatted(device));
    }
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(cleaner, "cleaner");
    if (method.isNetwork() && network.isEmpty()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.method is %s, which needs model.weights (--weights): %s."
              .formatted(method.word(), method.fileTypes()));
    }
    if (!method.isNetwork() && !network.isEmpty()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.weights is %s, but model.method is %s, which does not read it; say with --method what network it is: %s."
              .formatted(
                  network.weights(),
                  method.word(),
                  UpscaleMethod.words(UpscaleMethod::isNetwork, ", ")));
    }
    if (method != UpscaleMethod.DASR && !network.predictor().isBlank()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "model.predictor-weights is %s, but model.method is %s, which has no predictor; only dasr has."
              .formatted(network.predictor(), method.word()));
    }
  }

  /**
   * A model whose images do not share calls, which take turns, and whose faces stay as they are.
   */
  public ModelSettings(String bundle, ModelDtype dtype, String device, int threads) {
    this(
        bundle,
        dtype,
        device,
        ProcessorUse.turns(threads),
        Replay.WHERE_POSSIBLE,
        TileSharing.WITHIN_IMAGE,
        UpscaleMethod.STABLESR,
        NetworkFiles.NONE,
        NetworkFiles.NONE,
        Optional.empty());
  }

  /**
   * Where it runs where nobody has chosen a GPU: {@code auto} is the processor then, {@code gpu}
   * the first GPU.
   */
  public ComputeDevice computeDevice() {
    return switch (device) {
      case "auto" -> ComputeDevice.CPU;
      case "gpu" -> ComputeDevice.FIRST_GPU;
      default -> ComputeDevice.parse(device);
    };
  }

  /** Whether it leaves the choice of a device to the scheduler. */
  public boolean isScheduled() {
    return device.equals("auto") || device.equals("gpu");
  }

  /** Whether it runs on a GPU whatever the scheduler gives. */
  public boolean needsGpu() {
    return computeDevice().kind() == ComputeDevice.Kind.CUDA;
  }

  /** Threads of a native call, 0 = the engine's choice. */
  public int threads() {
    return processor.threads();
  }

  /** The same model in a process with so many tasks. */
  public ModelSettings withTasks(int tasks) {
    return new ModelSettings(
        bundle,
        dtype,
        device,
        processor.withTasks(tasks),
        replay,
        sharing,
        method,
        network,
        cleaner,
        faces);
  }

  /** The same model on another device. */
  public ModelSettings onDevice(String otherDevice) {
    return new ModelSettings(
        bundle, dtype, otherDevice, processor, replay, sharing, method, network, cleaner, faces);
  }

  /** The same model in another number type. */
  public ModelSettings withDtype(ModelDtype otherDtype) {
    return new ModelSettings(
        bundle, otherDtype, device, processor, replay, sharing, method, network, cleaner, faces);
  }
}
