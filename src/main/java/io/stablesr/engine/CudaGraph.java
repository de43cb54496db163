package io.stablesr.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A recording of the kernels that some work starts on a GPU; replaying starts all of them at once.
 * Its native half, {@code deploy/cuda-graphs.cc}, is part of DJL's library where that was built
 * with it. One at a time may be recorded or replayed.
 */
final class CudaGraph implements Replays.Recording {
  private final List<PtNDArray> results = new ArrayList<>();
  private long handle;

  private CudaGraph(long handle) {
    this.handle = handle;
  }

  /** Recordings on one device, whose results share memory with what lies between them. */
  record Pool(int device, long first, long second) implements Replays.Recorder {
    static Pool of(ComputeDevice device) {
      long[] id = new long[2];
      pool(id);
      return new Pool(device.ordinal(), id[0], id[1]);
    }

    @Override
    public Replays.Recording record(Supplier<List<PtNDArray>> work) {
      CudaGraph graph = new CudaGraph(begin(device, first, second));
      boolean done = false;
      try {
        graph.results.addAll(work.get());
        end(graph.handle);
        done = true;
        return graph;
      } finally {
        if (!done) {
          discard(graph.handle);
          graph.handle = 0;
        }
      }
    }
  }

  /** Whether the loaded library can record. */
  static boolean isPresent() {
    try {
      return present();
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  @Override
  public List<PtNDArray> results() {
    return results;
  }

  @Override
  public void replay() {
    replay(handle);
  }

  @Override
  public void close() {
    if (handle != 0) {
      free(handle);
      handle = 0;
    }
  }

  private static native boolean present();

  private static native void pool(long[] into);

  private static native long begin(int device, long first, long second);

  private static native void end(long handle);

  private static native void discard(long handle);

  private static native void replay(long handle);

  private static native void free(long handle);
}
