package io.stablesr.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Evaluations of one network on a GPU: those of shapes that come again are recorded and replayed
 * from then on, as long as they are among the last {@value #MOST_SHAPES}. A small evaluation takes
 * the processor longer to start, kernel by kernel, than the GPU to do. The numbers are the same,
 * since the kernels are.
 *
 * <p>A recording keeps its arguments and results where they were; memory for what lies between is
 * shared by all recordings of the engine, of which one at a time is replayed.
 */
final class Replays implements AutoCloseable {
  /** Shapes come from numbers of tiles, texts and timesteps, and from small pictures. */
  private static final int MOST_SHAPES = 32;

  private static final System.Logger LOG = System.getLogger(Replays.class.getName());

  private final Evaluation network;
  private final Shared shared;

  /** The least recently used come first. */
  private final Map<List<Shape>, State> states = new LinkedHashMap<>(16, 0.75f, true);

  Replays(Evaluation network, Shared shared) {
    this.network = network;
    this.shared = shared;
    shared.turns.lock();
    try {
      shared.users.add(this);
    } finally {
      shared.turns.unlock();
    }
  }

  /** The network. */
  interface Evaluation {
    /** Its name. */
    String name();

    /** Evaluates it kernel by kernel; the results belong to the manager. */
    List<PtNDArray> evaluate(PtNDManager manager, List<PtNDArray> arguments);

    /** Copies values into arrays of the same shapes. */
    void copy(List<PtNDArray> into, List<PtNDArray> from);
  }

  /** Records what a device does. */
  interface Recorder {
    /**
     * Records work of the calling thread, which may not be done by that: its results are memory
     * that replaying fills.
     *
     * @throws EngineException where the work does what cannot be recorded
     */
    Recording record(Supplier<List<PtNDArray>> work);

    /** Gives the device what nothing needs any more. */
    default void freeUnused() {}
  }

  /** A recording. */
  interface Recording extends AutoCloseable {
    /** Arrays that replaying fills. */
    List<PtNDArray> results();

    /** Starts what was recorded. */
    void replay();

    @Override
    void close();
  }

  /** What the recordings of one engine have in common. */
  static final class Shared {
    private final Recorder recorder;
    private final ReentrantLock turns = new ReentrantLock();
    private final Set<Replays> users = new HashSet<>();
    private final AtomicInteger releases = new AtomicInteger();

    Shared(Recorder recorder) {
      this.recorder = recorder;
    }

    /** How often recordings were dropped for memory. */
    int releases() {
      return releases.get();
    }

    /**
     * Drops all recordings of the engine, for memory that somebody lacks, and has none made again.
     *
     * @param since {@link #releases} before what lacked memory began
     * @return whether trying again may help: some were dropped, here or by another thread since
     *     then
     */
    boolean release(int since) {
      turns.lock();
      try {
        if (releases() > since) {
          return true;
        }
        boolean any = users.stream().anyMatch(Replays::keepsSome);
        if (any) {
          releases.incrementAndGet();
          users.forEach(Replays::drop);
          recorder.freeUnused();
          LOG.log(
              System.Logger.Level.WARNING,
              "Memory of the device was short: evaluations go on kernel by kernel; model.replay = never or a smaller sampling.tile-batch avoids that.");
        }
        return any;
      } finally {
        turns.unlock();
      }
    }
  }

  /** What is known of some shapes. */
  private sealed interface State {
    /** They came once. */
    record Seen() implements State {}

    /** They cannot be recorded. */
    record Refused() implements State {}

    /**
     * They are.
     *
     * @param owner of the arrays
     */
    record Kept(Recording recording, NDManager owner, List<PtNDArray> arguments) implements State {}
  }

  /** Results of the network, which belong to {@code manager}. */
  List<PtNDArray> run(PtNDManager manager, List<PtNDArray> arguments) {
    List<Shape> shapes = arguments.stream().map(PtNDArray::getShape).toList();
    shared.turns.lock();
    try {
      State state = states.get(shapes);
      if (state instanceof State.Kept kept) {
        return replay(kept, manager, arguments);
      }
      List<PtNDArray> results = network.evaluate(manager, arguments);
      if (state instanceof State.Seen && shared.releases() == 0) {
        // By the thread that has just evaluated it, so that nothing is left to be set up for it.
        states.put(shapes, record(manager, arguments));
      } else if (state == null) {
        states.put(shapes, new State.Seen());
        forgetOldest();
      }
      return results;
    } finally {
      shared.turns.unlock();
    }
  }

  private boolean keepsSome() {
    return states.values().stream().anyMatch(State.Kept.class::isInstance);
  }

  private void drop() {
    states.values().forEach(Replays::close);
    states.clear();
  }

  private void forgetOldest() {
    if (states.size() > MOST_SHAPES) {
      Iterator<State> oldest = states.values().iterator();
      close(oldest.next());
      oldest.remove();
    }
  }

  private static void close(State state) {
    if (state instanceof State.Kept kept) {
      kept.recording().close();
      kept.owner().close();
    }
  }

  private List<PtNDArray> replay(State.Kept kept, PtNDManager manager, List<PtNDArray> arguments) {
    network.copy(kept.arguments(), arguments);
    kept.recording().replay();
    return copies(kept.recording().results(), manager);
  }

  private State record(PtNDManager manager, List<PtNDArray> arguments) {
    PtNDManager owner = (PtNDManager) manager.getParentManager().newSubManager();
    boolean kept = false;
    try {
      List<PtNDArray> own = copies(arguments, owner);
      Recording recording = shared.recorder.record(() -> network.evaluate(owner, own));
      kept = true;
      return new State.Kept(recording, owner, own);
    } catch (EngineException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Evaluations of {0} cannot be replayed and go on kernel by kernel: {1}",
          network.name(),
          e.getMessage());
      return new State.Refused();
    } finally {
      if (!kept) {
        owner.close();
      }
    }
  }

  private static List<PtNDArray> copies(List<PtNDArray> arrays, PtNDManager manager) {
    List<PtNDArray> copies = new ArrayList<>();
    for (PtNDArray array : arrays) {
      PtNDArray copy = (PtNDArray) array.duplicate();
      copy.attach(manager);
      copies.add(copy);
    }
    return copies;
  }

  @Override
  public void close() {
    shared.turns.lock();
    try {
      drop();
      shared.users.remove(this);
    } finally {
      shared.turns.unlock();
    }
  }
}
