package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** When recordings are dropped, and what of their memory is left. */
class ReplaysMemoryTest {
  private final List<DoneAgain> recorded = new ArrayList<>();

  @Test
  void theRecordingThatWasNotUsedForLongestMakesRoomForAnotherShape() {
    try (TensorEngine engine = engine();
        Replays replays = new Replays(new Copying(), new Replays.Shared(this::again));
        TensorScope scope = engine.scope()) {
      for (int length = 1; length <= 33; length++) {
        evaluate(replays, scope, length);
        evaluate(replays, scope, length);
        // In use all the time.
        assertThat(evaluate(replays, scope, 1)).containsOnly(1);
      }

      assertThat(recorded).hasSize(33);
      assertThat(recorded.stream().filter(again -> again.closed)).containsExactly(recorded.get(1));
      assertThat(evaluate(replays, scope, 2)).containsExactly(2, 2);
    }
    assertThat(recorded).allMatch(again -> again.closed);
  }

  @Test
  void memoryOfARecordingThatFailsIsFreedWhateverTheFailure() {
    Copying network = new Copying();
    try (TensorEngine engine = engine();
        TensorScope scope = engine.scope();
        Replays replays =
            new Replays(
                network,
                new Replays.Shared(
                    work -> {
                      throw new IllegalStateException("broken after " + work.get().size());
                    }))) {
      evaluate(replays, scope, 2);

      assertThatThrownBy(() -> evaluate(replays, scope, 2)).hasMessage("broken after 1");
      assertThat(network.last.isOpen()).isFalse();
    }
  }

  @Test
  void recordingsOfAllNetworksMakeRoomWhereMemoryIsShort() {
    try (TensorEngine engine = engine();
        TensorScope scope = engine.scope()) {
      Replays.Shared shared = new Replays.Shared(this::again);
      try (Replays one = new Replays(new Copying(), shared);
          Replays other = new Replays(new Copying(), shared)) {
        assertThat(new Replays.Shared(this::again).release(0)).isFalse();
        for (Replays replays : List.of(one, other)) {
          evaluate(replays, scope, 3);
          evaluate(replays, scope, 3);
        }

        assertThat(recorded).hasSize(2).noneMatch(again -> again.closed);
        assertThat(shared.release(0)).isTrue();
        assertThat(recorded).allMatch(again -> again.closed);
        for (int i = 0; i < 3; i++) {
          assertThat(evaluate(one, scope, 3)).containsExactly(3, 3, 3);
        }
        assertThat(recorded).hasSize(2);
        // Another thread that ran out of memory before may try again; one that did afterwards not.
        assertThat(shared.release(0)).isTrue();
        assertThat(shared.releases()).isEqualTo(1);
        assertThat(shared.release(1)).isFalse();
      }
    }
  }

  @Test
  void memoryThatWasShortBeforeAnyRecordingDoesNotForbidLaterOnes() {
    try (TensorEngine engine = engine();
        TensorScope scope = engine.scope()) {
      Replays.Shared shared = new Replays.Shared(this::again);
      assertThat(shared.release(shared.releases())).isFalse();
      try (Replays replays = new Replays(new Copying(), shared)) {
        evaluate(replays, scope, 3);
        evaluate(replays, scope, 3);
        evaluate(replays, scope, 3);
      }
      assertThat(recorded).singleElement().matches(again -> again.replays == 1);
    }
  }

  private static TensorEngine engine() {
    return TensorEngine.open(ComputeDevice.CPU, 1);
  }

  private DoneAgain again(Supplier<List<PtNDArray>> work) {
    return new DoneAgain(recorded, work);
  }

  private static float[] evaluate(Replays replays, TensorScope scope, int length) {
    float[] values = new float[length];
    Arrays.fill(values, length);
    List<PtNDArray> results =
        replays.run(scope.manager(), List.of(scope.upload(values, length).array()));
    return results.get(0).toFloatArray();
  }

  /** A network that gives what it is given. */
  private static final class Copying implements Replays.Evaluation {
    private PtNDManager last;

    @Override
    public String name() {
      return "copying";
    }

    @Override
    public List<PtNDArray> evaluate(PtNDManager manager, List<PtNDArray> arguments) {
      last = manager;
      PtNDArray copy = (PtNDArray) arguments.get(0).duplicate();
      copy.attach(manager);
      return List.of(copy);
    }

    @Override
    public void copy(List<PtNDArray> into, List<PtNDArray> from) {
      from.get(0).copyTo(into.get(0));
    }
  }
}
