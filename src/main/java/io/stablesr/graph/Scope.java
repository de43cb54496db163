package io.stablesr.graph;

/**
 * A place in the state dict: what precedes the names of a block's parameters.
 *
 * @param prefix dotted prefix without a trailing dot, empty at the root
 */
public record Scope(String prefix) {
  /** The scope {@code name} inside this one. */
  public Scope at(String name) {
    return new Scope(key(name));
  }

  /** The scope of the {@code index}-th element inside this one. */
  public Scope at(int index) {
    return at(Integer.toString(index));
  }

  /** The full key of {@code name} inside this scope. */
  public String key(String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }
}
