package io.stablesr.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A recording of the kernels that some work starts on a GPU; replaying starts all of them at once.
 * Its native half, {@code deploy/cuda-graphs.cc}, is part of DJL's library where that was built
 * with it. One at a time may be recorded, replayed or closed.
 */
final class CudaGraph implements Replays.Recording {
  /** Of the functions of the native half. */
  private static final int VERSION = 1;

  private final List<PtNDArray> results = new ArrayList<>();
  private final OneDevice recorder;
  private long handle;

  private CudaGraph(OneDevice recorder, long handle) {
    this.recorder = recorder;
    this.handle = handle;
  }

  /** Recordings on one device, which share memory for what lies between arguments and results. */
  static final class OneDevice implements Replays.Recorder {
    private final int device;
    private final long[] pool = new long[2];
    private int open;

    OneDevice(ComputeDevice device) {
      this.device = device.ordinal();
    }

    @Override
    public Replays.Recording record(Supplier<List<PtNDArray>> work) {
      if (open == 0) {
        // libtorch forgets a pool with its last recording, and refuses it afterwards.
        pool(pool);
      }
      CudaGraph graph = new CudaGraph(this, begin(device, pool[0], pool[1]));
      open++;
      boolean done = false;
      try {
        graph.results.addAll(work.get());
        end(graph.handle);
        done = true;
        return graph;
      } finally {
        if (!done) {
          discard(graph.handle);
          graph.forget();
        }
      }
    }

    @Override
    public void freeUnused() {
      emptyCache();
    }
  }

  @Override
  public List<PtNDArray> results() {
    return results;
  }

  /** Whether the loaded library can record. */
  static boolean isPresent() {
    try {
      return version() == VERSION;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  @Override
  public void replay() {
    replay(handle);
  }

  @Override
  public void close() {
    if (handle != 0) {
      free(handle);
      forget();
    }
  }

  private void forget() {
    handle = 0;
    recorder.open--;
  }

  private static native int version();

  private static native void pool(long[] into);

  private static native long begin(int device, long first, long second);

  private static native void end(long handle);

  private static native void discard(long handle);

  private static native void emptyCache();

  private static native void replay(long handle);

  private static native void free(long handle);
}
