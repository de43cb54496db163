package io.stablesr.restore;

import io.stablesr.engine.CompiledNetwork;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Something that is made when it is first needed, such as a compiled network, and kept until it is
 * closed. Threads that ask while it is made wait for it; a failure to make it is tried again.
 */
final class FirstUse<T> implements AutoCloseable {
  private final Supplier<T> make;
  private final Consumer<T> release;
  private T made;

  private FirstUse(Supplier<T> make, Consumer<T> release) {
    this.make = make;
    this.release = release;
  }

  static <T> FirstUse<T> of(Supplier<T> make) {
    return new FirstUse<>(make, nothing -> {});
  }

  static <T> FirstUse<T> of(Supplier<T> make, Consumer<T> release) {
    return new FirstUse<>(make, release);
  }

  static FirstUse<CompiledNetwork> ofNetwork(Supplier<CompiledNetwork> compile) {
    return new FirstUse<>(compile, CompiledNetwork::close);
  }

  synchronized T get() {
    if (made == null) {
      made = make.get();
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (made != null) {
      release.accept(made);
      made = null;
    }
  }
}
