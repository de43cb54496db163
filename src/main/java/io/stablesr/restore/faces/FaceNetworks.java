package io.stablesr.restore.faces;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.KeyCheck;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.CodeFormer;
import io.stablesr.network.RetinaFace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The two face networks on a device. Calls from several threads take turns. */
public final class FaceNetworks implements FaceDetector, FaceRestorer, AutoCloseable {
  private static final String WRAPPER_PREFIX = "module.";

  private final Deque<AutoCloseable> opened;
  private final RetinaFaceDetector detector;
  private final CodeFormerRestorer restorer;
  private final ReentrantLock device = new ReentrantLock(true);

  private FaceNetworks(
      Deque<AutoCloseable> opened, RetinaFaceDetector detector, CodeFormerRestorer restorer) {
    this.opened = opened;
    this.detector = detector;
    this.restorer = restorer;
  }

  /**
   * Loads both.
   *
   * @throws io.stablesr.core.StableSrException where a file is not there, is damaged, or lacks keys
   */
  public static FaceNetworks open(FaceSettings settings, ComputeDevice device, int threads) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      Weights detection =
          weights(settings.detector(), RetinaFace.graph().parameters(), opened, WRAPPER_PREFIX);
      Weights restoration = weights(settings.restorer(), CodeFormer.parameters(), opened, "");
      TensorEngine engine = keep(opened, TensorEngine.open(device, threads));
      RetinaFaceDetector detector = keep(opened, new RetinaFaceDetector(engine, detection));
      CodeFormerRestorer restorer = keep(opened, new CodeFormerRestorer(engine, restoration));
      return new FaceNetworks(opened, detector, restorer);
    } catch (RuntimeException e) {
      close(opened);
      throw e;
    }
  }

  private static Weights weights(
      FaceFile file,
      Map<String, ParameterSpec> parameters,
      Deque<AutoCloseable> opened,
      String prefix) {
    Checkpoint checkpoint = keep(opened, file.open());
    Weights weights = Weights.of(checkpoint).renamed(prefix, "");
    KeyCheck.of(ParameterSpec.shapes(parameters), weights)
        .requireComplete("%s = %s as %s".formatted(file.key(), file.path(), file.officialName()));
    return weights;
  }

  private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public List<DetectedFace> detect(FloatTensor picture, double minimumScore) {
    device.lock();
    try {
      return detector.detect(picture, minimumScore);
    } finally {
      device.unlock();
    }
  }

  @Override
  public FloatTensor restore(FloatTensor face, double fidelity) {
    device.lock();
    try {
      return restorer.restore(face, fidelity);
    } finally {
      device.unlock();
    }
  }

  @Override
  public void close() {
    close(opened);
  }

  /** What was opened last goes first. */
  private static void close(Deque<AutoCloseable> opened) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("A face network cannot be closed", e);
      }
    }
  }
}
