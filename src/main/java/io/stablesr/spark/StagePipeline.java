package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Three stages over a sequence: the first ahead of the second, the third behind it, each with a
 * bounded number of elements in hand. With one element in the second stage at a time, that runs in
 * the thread that iterates: it holds the device as long as the task does and is interrupted with
 * it. With several, they have threads that are interrupted when the pipeline is closed. Elements
 * leave in their order.
 *
 * @param <T> what goes through the stages
 */
final class StagePipeline<T> implements Iterator<T>, AutoCloseable {
  private final Iterator<T> source;
  private final Stages<T> stages;
  private final Limits limits;
  private final ExecutorService readers;
  private final ExecutorService writers;
  private final ExecutorService computers;
  private final Deque<Step<T>> reading = new ArrayDeque<>();
  private final Deque<Future<Step<T>>> later = new ArrayDeque<>();

  private record Step<T>(T element, Future<?> end) {}

  /**
   * The work of the stages.
   *
   * @param first runs in a thread of its own
   * @param second runs in the iterating thread, or in threads of its own
   * @param third runs in a thread of its own
   * @param late what to do with an element whose first or third stage exceeds the deadline
   */
  record Stages<T>(Consumer<T> first, Consumer<T> second, Consumer<T> third, Consumer<T> late) {}

  /**
   * Bounds.
   *
   * @param ahead elements in or after the first stage
   * @param together elements in the second stage
   * @param behind elements in the third stage
   * @param deadlineMillis longest wait for the first or third stage of an element
   */
  record Limits(int ahead, int together, int behind, long deadlineMillis) {}

  StagePipeline(Iterator<T> source, Stages<T> stages, Limits limits) {
    this.source = source;
    this.stages = stages;
    this.limits = limits;
    this.readers = Executors.newFixedThreadPool(limits.ahead(), named("stablesr-read"));
    this.computers = Executors.newFixedThreadPool(limits.together(), named("stablesr-compute"));
    this.writers = Executors.newFixedThreadPool(limits.behind(), named("stablesr-write"));
  }

  private static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public boolean hasNext() {
    return source.hasNext() || !reading.isEmpty() || !later.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    readAhead();
    while (later.size() < limits.together() - 1 + limits.behind() && !reading.isEmpty()) {
      T element = await(reading.remove());
      readAhead();
      later.add(compute(element));
    }
    return await(finished(later.remove()));
  }

  /** The second stage, which ends with the begin of the third. */
  private Future<Step<T>> compute(T element) {
    return limits.together() == 1
        ? CompletableFuture.completedFuture(computed(element))
        : computers.submit(() -> computed(element));
  }

  private Step<T> computed(T element) {
    stages.second().accept(element);
    return new Step<>(element, writers.submit(() -> stages.third().accept(element)));
  }

  private void readAhead() {
    while (reading.size() < limits.ahead() && source.hasNext()) {
      T element = source.next();
      reading.add(new Step<>(element, readers.submit(() -> stages.first().accept(element))));
    }
  }

  private T await(Step<T> step) {
    try {
      step.end().get(limits.deadlineMillis(), TimeUnit.MILLISECONDS);
      return step.element();
    } catch (TimeoutException e) {
      step.end().cancel(/* mayInterruptIfRunning */ true);
      stages.late().accept(step.element());
      return step.element();
    } catch (InterruptedException | ExecutionException | CancellationException e) {
      throw failure(e);
    }
  }

  /** The networks have no deadline: an image takes as long as it is large. */
  private static <T> Step<T> finished(Future<Step<T>> computing) {
    try {
      return computing.get();
    } catch (InterruptedException | ExecutionException | CancellationException e) {
      throw failure(e);
    }
  }

  private static StableSrException failure(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new StableSrException(ErrorCode.CANCELLED, "The task was cancelled.", e);
    }
    return e.getCause() instanceof StableSrException known
        ? known
        : new StableSrException(ErrorCode.INTERNAL, "A stage failed: " + e.getCause(), e);
  }

  @Override
  public void close() {
    readers.shutdownNow();
    computers.shutdownNow();
    writers.shutdownNow();
    try {
      // A task that has ended must not have threads left on the device.
      computers.awaitTermination(limits.deadlineMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
