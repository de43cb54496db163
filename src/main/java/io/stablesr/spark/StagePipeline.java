package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Three stages over a sequence: the first ahead of the second, the third behind it. The second runs
 * in the thread that iterates, so it holds the device as long as the task does and is interrupted
 * with it; the others have a bounded number of elements in hand. Elements leave in their order.
 *
 * @param <T> what goes through the stages
 */
final class StagePipeline<T> implements Iterator<T>, AutoCloseable {
  private final Iterator<T> source;
  private final Stages<T> stages;
  private final Limits limits;
  private final ExecutorService readers;
  private final ExecutorService writers;
  private final Deque<Step<T>> reading = new ArrayDeque<>();
  private final Deque<Step<T>> writing = new ArrayDeque<>();

  private record Step<T>(T element, Future<?> end) {}

  /**
   * The work of the stages.
   *
   * @param first runs in a thread of its own
   * @param second runs in the iterating thread
   * @param third runs in a thread of its own
   * @param late what to do with an element whose first or third stage exceeds the deadline
   */
  record Stages<T>(Consumer<T> first, Consumer<T> second, Consumer<T> third, Consumer<T> late) {}

  /**
   * Bounds.
   *
   * @param ahead elements in or after the first stage
   * @param behind elements in the third stage
   * @param deadlineMillis longest wait for the first or third stage of an element
   */
  record Limits(int ahead, int behind, long deadlineMillis) {}

  StagePipeline(Iterator<T> source, Stages<T> stages, Limits limits) {
    this.source = source;
    this.stages = stages;
    this.limits = limits;
    this.readers = Executors.newFixedThreadPool(limits.ahead(), named("stablesr-read"));
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
    return source.hasNext() || !reading.isEmpty() || !writing.isEmpty();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    readAhead();
    while (writing.size() < limits.behind() && !reading.isEmpty()) {
      Step<T> step = reading.remove();
      T element = await(step);
      readAhead();
      stages.second().accept(element);
      writing.add(new Step<>(element, writers.submit(() -> stages.third().accept(element))));
    }
    return await(writing.remove());
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StableSrException(ErrorCode.CANCELLED, "The task was cancelled.", e);
    } catch (ExecutionException | CancellationException e) {
      if (e.getCause() instanceof StableSrException known) {
        throw known;
      }
      throw new StableSrException(ErrorCode.INTERNAL, "A stage failed: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    readers.shutdownNow();
    writers.shutdownNow();
  }
}
