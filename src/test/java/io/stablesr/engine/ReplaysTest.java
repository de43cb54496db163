package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.MiniModel;
import io.stablesr.testing.NormalTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a processor, where a recording is doing the work again; what is recorded is as on a GPU. */
class ReplaysTest {
  private static final Graph DENOISER = new Graphs(MiniModel.ARCHITECTURE).denoiser(Extent.TILE);

  private final MiniModel model = new MiniModel();
  private final List<DoneAgain> recorded = new ArrayList<>();

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void theThirdEvaluationOfTheSameShapesIsReplayedWithItsOwnArguments() {
    try (TensorEngine engine = engine(this::again);
        CompiledNetwork network = repeated(engine)) {
      List<FloatTensor> results = new ArrayList<>();
      for (int seed = 0; seed < 5; seed++) {
        results.add(result(engine, network, inputs(seed, 8)));
      }

      assertThat(recorded).hasSize(1);
      assertThat(recorded.get(0).replays).isEqualTo(3);
      try (CompiledNetwork plain = plain(engine)) {
        for (int seed = 0; seed < 5; seed++) {
          assertThat(results.get(seed).data())
              .isEqualTo(result(engine, plain, inputs(seed, 8)).data());
        }
      }
      assertThat(engine.liveTensors()).isZero();
    }
    assertThat(recorded.get(0).closed).isTrue();
  }

  @Test
  void earlierResultsStayWhenTheRecordingIsReplayed() {
    try (TensorEngine engine = engine(this::again);
        CompiledNetwork network = repeated(engine);
        TensorScope scope = engine.scope()) {
      result(engine, network, inputs(0, 8));
      result(engine, network, inputs(0, 8));
      DeviceTensor third = network.run(scope, uploaded(scope, inputs(1, 8))).get("out");
      FloatTensor before = third.download();
      network.run(scope, uploaded(scope, inputs(2, 8)));

      assertThat(third.download().data()).isEqualTo(before.data());
    }
  }

  @Test
  void everyShapeHasARecordingOfItsOwn() {
    try (TensorEngine engine = engine(this::again);
        CompiledNetwork network = repeated(engine)) {
      for (int round = 0; round < 3; round++) {
        assertThat(result(engine, network, inputs(round, 8)).dim(3)).isEqualTo(8);
        assertThat(result(engine, network, inputs(round, 16)).dim(3)).isEqualTo(16);
      }

      assertThat(recorded).extracting(again -> again.replays).containsExactly(1, 1);
    }
  }

  @Test
  void whatCannotBeRecordedIsTriedOnceAndEvaluatedAsEver() {
    int[] tries = new int[1];
    try (TensorEngine engine =
            engine(
                work -> {
                  tries[0]++;
                  throw new EngineException("operation not permitted when stream is capturing");
                });
        CompiledNetwork network = repeated(engine);
        CompiledNetwork plain = plain(engine)) {
      for (int seed = 0; seed < 4; seed++) {
        assertThat(result(engine, network, inputs(seed, 8)).data())
            .isEqualTo(result(engine, plain, inputs(seed, 8)).data());
      }
      assertThat(tries[0]).isEqualTo(1);
      assertThat(engine.liveTensors()).isZero();
    }
  }

  @Test
  void anEvaluationThatLacksMemoryIsRepeatedWithoutRecordings() {
    try (TensorEngine engine = engine(this::again);
        CompiledNetwork frequent = repeated(engine);
        CompiledNetwork plain = plain(engine)) {
      FloatTensor expected = result(engine, plain, inputs(4, 8));
      result(engine, frequent, inputs(1, 8));
      result(engine, frequent, inputs(2, 8));
      recorded.get(0).failure = new EngineException("CUDA out of memory. Tried to allocate 2 GiB");

      assertThat(result(engine, frequent, inputs(4, 8)).data()).isEqualTo(expected.data());
      assertThat(recorded).hasSize(1).allMatch(again -> again.closed);
      assertThat(engine.liveTensors()).isZero();
    }
  }

  @Test
  void severalThreadsGetTheResultsOfTheirOwnArguments() throws Exception {
    try (TensorEngine engine = engine(this::again);
        CompiledNetwork network = repeated(engine);
        CompiledNetwork plain = plain(engine)) {
      List<FloatTensor> expected = new ArrayList<>();
      for (int seed = 0; seed < 4; seed++) {
        expected.add(result(engine, plain, inputs(seed, 8)));
      }
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Future<Boolean>> equal = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
          int seed = i % 4;
          equal.add(
              pool.submit(
                  () ->
                      Arrays.equals(
                          result(engine, network, inputs(seed, 8)).data(),
                          expected.get(seed).data())));
        }
        for (Future<Boolean> each : equal) {
          assertThat(each.get()).isTrue();
        }
      } finally {
        pool.shutdown();
      }
      assertThat(recorded).hasSize(1);
    }
  }

  @Test
  void aProcessorReplaysNothing() {
    try (TensorEngine engine =
        TensorEngine.open(ComputeDevice.CPU, ProcessorUse.turns(1), Replay.WHERE_POSSIBLE)) {
      assertThat(engine.replays()).isFalse();
    }
  }

  private DoneAgain again(Supplier<List<PtNDArray>> work) {
    return new DoneAgain(recorded, work);
  }

  private static TensorEngine engine(Replays.Recorder recorder) {
    return TensorEngine.open(ComputeDevice.CPU, ProcessorUse.turns(1), () -> Optional.of(recorder));
  }

  private CompiledNetwork repeated(TensorEngine engine) {
    return engine.compileRepeated(DENOISER, model.diffusion(), CompileOptions.EXACT);
  }

  private CompiledNetwork plain(TensorEngine engine) {
    return engine.compile(DENOISER, model.diffusion(), CompileOptions.EXACT);
  }

  private static FloatTensor result(
      TensorEngine engine, CompiledNetwork network, Map<String, FloatTensor> inputs) {
    try (TensorScope scope = engine.scope()) {
      return network.run(scope, uploaded(scope, inputs)).get("out").download();
    }
  }

  private static Map<String, DeviceTensor> uploaded(
      TensorScope scope, Map<String, FloatTensor> inputs) {
    Map<String, DeviceTensor> uploaded = new HashMap<>();
    inputs.forEach((name, value) -> uploaded.put(name, scope.upload(value)));
    return uploaded;
  }

  private static Map<String, FloatTensor> inputs(int seed, int side) {
    return Map.of(
        "x", NormalTensors.of(seed, 1, 4, side, side),
        "z", NormalTensors.of(seed + 100, 1, 4, side, side),
        "t", FloatTensor.of(new float[] {10 * seed}, 1),
        "context", NormalTensors.of(seed + 200, 1, 1, 32));
  }
}
