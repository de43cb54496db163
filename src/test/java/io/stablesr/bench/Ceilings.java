package io.stablesr.bench;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Single operations that show what a machine can do at most. */
final class Ceilings {
  private static final int MATRIX = 3072;
  private static final int CHANNELS = 320;
  private static final int SIDE = 64;
  private static final int STREAM = 1 << 25;
  private static final int STREAM_PASSES = 8;

  private Ceilings() {}

  /** A matrix product of 3072 on every side. */
  static Graph product() {
    Recorder recorder = new Recorder("product");
    recorder.output(
        "y", recorder.input("x", 1, MATRIX, MATRIX).linearWithoutBias(new Scope("m"), MATRIX));
    return recorder.finish();
  }

  /** A 3x3 convolution of the UNet's first level. */
  static Graph convolution() {
    Recorder recorder = new Recorder("convolution");
    recorder.output(
        "y",
        recorder
            .input("x", 1, CHANNELS, SIDE, SIDE)
            .convWithoutBias(new Scope("c"), CHANNELS, 3, 1, 1));
    return recorder.finish();
  }

  /** Copies arrays that are far larger than caches, one pair for each thread. */
  static Runnable stream(int threads) {
    float[][] arrays = new float[2 * threads][STREAM];
    return () ->
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          for (int pass = 0; pass < STREAM_PASSES; pass++) {
                            System.arraycopy(arrays[2 * i], 0, arrays[2 * i + 1], 0, STREAM);
                          }
                        }))
            .map(Ceilings::started)
            .toList()
            .forEach(Ceilings::join);
  }

  /** Bytes that {@link #stream} reads and writes. */
  static double streamBytes(int threads) {
    return 2.0 * Float.BYTES * STREAM * STREAM_PASSES * threads;
  }

  private static Thread started(Thread thread) {
    thread.start();
    return thread;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("The stream was interrupted.", e);
    }
  }

  /** Writes their weights. */
  static void write(Path file) {
    new SafetensorsWriter(Map.of())
        .add("m.weight", normal(MATRIX, MATRIX), ElementType.F32)
        .add("c.weight", normal(CHANNELS, CHANNELS, 3, 3), ElementType.F32)
        .write(file);
  }

  private static FloatTensor normal(int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(1);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) random.nextGaussian() * 0.02f;
    }
    return tensor;
  }
}
