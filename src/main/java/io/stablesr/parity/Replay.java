package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.parity.FileResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** The replay of one file: its recorded tensors, the networks, and the comparisons made so far. */
final class Replay {
  private final Golden golden;
  private final Networks networks;
  private final List<TensorCheck> checks = new ArrayList<>();
  private final Map<String, String> omissions = new LinkedHashMap<>();

  Replay(Golden golden, Networks networks) {
    this.golden = golden;
    this.networks = networks;
  }

  Golden golden() {
    return golden;
  }

  Networks networks() {
    return networks;
  }

  Tolerances tolerances() {
    return networks.tolerances();
  }

  FloatTensor input(String name) {
    return golden.tensor(name);
  }

  /** Compares a whole recorded tensor; shapes must agree. */
  void check(String name, FloatTensor actual, Tolerance tolerance) {
    if (!Arrays.equals(golden.shape(name), actual.shape())) {
      golden.tensor(name);
      fail(
          name,
          tolerance,
          "recorded is %s, ours is %s"
              .formatted(Arrays.toString(golden.shape(name)), Arrays.toString(actual.shape())));
      return;
    }
    FloatTensor expected = golden.tensor(name);
    check(name, actual, expected, tolerance);
  }

  /** Compares with given values of the same shape. */
  void check(String name, FloatTensor actual, FloatTensor expected, Tolerance tolerance) {
    compare(name, actual.size(), i -> actual.data()[i], i -> expected.data()[i], tolerance);
  }

  /** Compares in double precision. */
  void check(String name, double[] actual, Tolerance tolerance) {
    check(name, actual, golden.doubles(name), tolerance);
  }

  /** Compares in double precision with values that are not a tensor of the file. */
  void check(String name, double[] actual, double[] expected, Tolerance tolerance) {
    if (actual.length != expected.length) {
      String note = "recorded are %d values, ours are %d";
      fail(name, tolerance, note.formatted(expected.length, actual.length));
      return;
    }
    compare(name, actual.length, i -> actual[i], i -> expected[i], tolerance);
  }

  /** Compares integers exactly. */
  void check(String name, int[] actual) {
    check(name, Arrays.stream(actual).asDoubleStream().toArray(), Tolerance.EXACT);
  }

  /** Compares integers exactly with values that are not a tensor of the file. */
  void check(String name, int[] actual, int[] expected) {
    check(
        name,
        Arrays.stream(actual).asDoubleStream().toArray(),
        Arrays.stream(expected).asDoubleStream().toArray(),
        Tolerance.EXACT);
  }

  private void compare(
      String name,
      int size,
      IntToDoubleFunction actual,
      IntToDoubleFunction expected,
      Tolerance tolerance) {
    Difference d = Difference.of(size, actual, expected);
    boolean passed = tolerance.accepts().test(d);
    checks.add(new TensorCheck(name, d.maxAbs(), d.relativeL2(), tolerance.text(), passed, ""));
  }

  /** Something that should have been comparable is not. */
  void fail(String name, Tolerance tolerance, String note) {
    checks.add(new TensorCheck(name, Double.NaN, Double.NaN, tolerance.text(), false, note));
  }

  /** Says why a recorded tensor is not compared. */
  void omit(String name, String reason) {
    omissions.put(name, reason);
  }

  FileResult finish(String file, long elapsedMillis) {
    if (golden != null) {
      golden.unused().forEach(name -> omissions.putIfAbsent(name, "its name is not known here"));
    }
    List<Omission> listed = new ArrayList<>();
    omissions.forEach((name, reason) -> listed.add(new Omission(name, reason)));
    boolean passed = !checks.isEmpty() && checks.stream().allMatch(TensorCheck::passed);
    String message = checks.isEmpty() ? "nothing in it could be compared" : "";
    return new FileResult(
        file, passed ? Outcome.PASS : Outcome.FAIL, checks, listed, message, elapsedMillis);
  }

  /** The result of a replay that broke off. */
  FileResult broken(String file, String reason, long elapsedMillis) {
    return new FileResult(file, Outcome.FAIL, checks, List.of(), reason, elapsedMillis);
  }
}
