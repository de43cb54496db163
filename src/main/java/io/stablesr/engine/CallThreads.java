package io.stablesr.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Threads of native calls. On a processor a small call is mostly overhead, which more threads only
 * lengthen: it gets one, and several run at once; a larger one gets all that a task may have. How
 * many goes by the size of a call and not by what runs beside it, because libtorch's rounding
 * depends on it. On a GPU calls take turns.
 *
 * <p>libtorch keeps the number per thread and takes that of a new thread from whoever set one last,
 * so it is looked at before every evaluation.
 */
public final class CallThreads {
  private final int mostThreads;
  private final int places;
  private final double smallCallGflop;
  private final Semaphore free;
  private final ThreadLocal<Integer> given = new ThreadLocal<>();
  private final Kind kind;

  private enum Kind {
    PROCESSOR,
    OTHER
  }

  private CallThreads(Kind kind, int mostThreads, int places, double smallCallGflop) {
    this.kind = kind;
    this.mostThreads = mostThreads;
    this.places = places;
    this.smallCallGflop = smallCallGflop;
    this.free = new Semaphore(places, /* fair */ true);
  }

  /**
   * Threads of calls on a processor.
   *
   * @param standard threads of a call where {@code use} leaves that open
   * @param cores processors that there are
   */
  static CallThreads onProcessor(ProcessorUse use, int standard, int cores) {
    return new CallThreads(
        Kind.PROCESSOR,
        use.mostThreads(standard),
        use.places(standard, cores),
        use.smallCallGflop());
  }

  /** Calls that leave the work to a device beside the processor. */
  static CallThreads takingTurns() {
    return new CallThreads(Kind.OTHER, 1, 1, 0);
  }

  /** Calls of so much work each, in billions of operations, that there can be at once. */
  public int callsAtOnce(double gflop) {
    return smallCallGflop == 0 ? 1 : places / threadsFor(gflop);
  }

  /** Threads of a call of so much work, in billions of operations. */
  public int threadsFor(double gflop) {
    return smallCallGflop > 0 && gflop <= smallCallGflop ? 1 : mostThreads;
  }

  /**
   * Makes calls with the threads that they need, as soon as these are free, in the order of
   * arrival. Not to be nested.
   *
   * @param gflop work of the largest of the calls
   */
  public <T> T run(double gflop, Supplier<T> calls) {
    int threads = threadsFor(gflop);
    return smallCallGflop == 0 ? alone(calls) : run(threads, threads, calls);
  }

  /** Makes calls with all threads while no other is made. */
  public <T> T alone(Supplier<T> calls) {
    return run(mostThreads, places, calls);
  }

  private <T> T run(int threads, int taken, Supplier<T> calls) {
    if (given.get() != null) {
      throw new IllegalStateException("Calls within calls could wait for each other for ever");
    }
    free.acquireUninterruptibly(taken);
    try {
      given.set(threads);
      return calls.get();
    } finally {
      given.remove();
      free.release(taken);
    }
  }

  /** Gives libtorch the number of threads for evaluations of the calling thread. */
  void settle() {
    Integer here = given.get();
    settle(here == null ? mostThreads : here);
  }

  /** The same for compiling, whose layouts of weights must not depend on which call came first. */
  void settleForCompiling() {
    settle(mostThreads);
  }

  private void settle(int threads) {
    if (kind == Kind.PROCESSOR && JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
  }
}
