package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainableNetworkTest {
  private static final String SQUARES =
      """
      def half_squares(self: __torch__.Net, x: Tensor) -> List[Tensor]:
        return [torch.mul(torch.sum(torch.mul(x, x)), 0.5)]
      """;

  private final TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);

  @AfterEach
  void close() {
    engine.close();
  }

  /** A convolution, a normalisation, a nonlinearity and another convolution. */
  private static Graph graph() {
    Recorder recorder = new Recorder("small");
    Symbol x = recorder.input("x", 2, 3, 5, 4);
    Symbol h = x.conv3x3(new Scope("first"), 4).groupNorm(new Scope("norm"), 2, 1e-5).silu();
    recorder.output("out", h.conv3x3(new Scope("second"), 2));
    return recorder.finish();
  }

  private static Map<String, FloatTensor> random(Graph graph) {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, FloatTensor> values = new LinkedHashMap<>();
    graph.parameters().forEach((key, spec) -> values.put(key, tensor(random, spec.dims())));
    return values;
  }

  private static FloatTensor tensor(SplittableRandom random, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) (0.5 * random.nextGaussian());
    }
    return tensor;
  }

  private double loss(TrainableNetwork network, TensorFunctions functions, FloatTensor input) {
    try (TensorScope scope = engine.scope()) {
      DeviceTensor out = network.run(scope, Map.of("x", scope.upload(input))).get("out");
      DeviceTensor loss = functions.call(scope, "half_squares", out).get(0);
      float value = loss.item();
      loss.backward();
      return value;
    }
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Graph graph = graph();
    FloatTensor input = tensor(new SplittableRandom(6), 2, 3, 5, 4);
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    try (TrainableWeights weights = engine.trainable(random(graph));
        TrainableWeights.Replica replica = weights.replica(key -> true);
        TrainableNetwork network = engine.trainable(graph, replica, CompileOptions.EXACT);
        TensorFunctions functions = engine.functions("test", SQUARES, "")) {
      loss(network, functions, input);
      Map<String, Float> gradients = new LinkedHashMap<>();
      for (String key : List.of("first.weight", "norm.weight", "norm.bias", "second.bias")) {
        gradients.put(key, replica.gradient(key).data()[1]);
      }
      for (String key : gradients.keySet()) {
        FloatTensor before = weights.download(key);
        double up = loss(network, functions, shifted(weights, key, before, 1e-2f, input));
        double down = loss(network, functions, shifted(weights, key, before, -1e-2f, input));
        weights.set(key, before);
        assertThat((up - down) / 2e-2).as(key).isCloseTo(gradients.get(key), within(2e-2));
      }
    }
  }

  private static FloatTensor shifted(
      TrainableWeights weights, String key, FloatTensor before, float by, FloatTensor input) {
    FloatTensor changed = before.copy();
    changed.data()[1] += by;
    weights.set(key, changed);
    return input;
  }

  @Test
  void evaluatesAsTheCompiledNetworkOfTheSameGraph() {
    Graph graph = graph();
    FloatTensor input = tensor(new SplittableRandom(6), 2, 3, 5, 4);
    try (TrainableWeights weights = engine.trainable(random(graph));
        TrainableWeights.Replica replica = weights.replica(key -> false);
        TrainableNetwork fp32 = engine.trainable(graph, replica, CompileOptions.EXACT);
        TrainableNetwork bf16 =
            engine.trainable(
                graph,
                replica,
                new CompileOptions(
                    Precision.BF16,
                    CompileOptions.MemoryFormat.CHANNELS_LAST,
                    CompileOptions.Packing.NONE,
                    CompileOptions.AttentionKernel.BLOCKED));
        TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> arguments = Map.of("x", scope.upload(input));
      float[] exact = fp32.run(scope, arguments).get("out").download().data();
      float[] low = bf16.run(scope, arguments).get("out").download().data();
      for (int i = 0; i < exact.length; i++) {
        assertThat(low[i]).isCloseTo(exact[i], within(0.1f));
      }
      assertThat(exact[0]).isNotZero();
    }
  }

  @Test
  void frozenWeightsTakeNoGradientAndDoNotMove() {
    Graph graph = graph();
    FloatTensor input = tensor(new SplittableRandom(6), 2, 3, 5, 4);
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    try (TrainableWeights weights = engine.trainable(random(graph));
        TrainableWeights.Replica replica = weights.replica(key -> key.startsWith("second."));
        TrainableNetwork network = engine.trainable(graph, replica, CompileOptions.EXACT);
        TensorFunctions functions = engine.functions("test", SQUARES, "");
        Adam adam = engine.adam(weights, List.of(replica), key -> true)) {
      Map<String, float[]> before = new LinkedHashMap<>();
      weights.keys().forEach(key -> before.put(key, weights.download(key).data()));
      assertThat(replica.trained()).containsExactly("second.weight", "second.bias");
      loss(network, functions, input);
      adam.step(1, step(0.1, Double.POSITIVE_INFINITY, 0));
      for (String key : weights.keys()) {
        if (key.startsWith("second.")) {
          assertThat(weights.download(key).data()).as(key).isNotEqualTo(before.get(key));
        } else {
          assertThat(weights.download(key).data()).as(key).isEqualTo(before.get(key));
        }
      }
    }
  }

  private static Adam.Step step(double rate, double maximumNorm, double averageMemory) {
    return new Adam.Step(
        rate, 0.9, 0.999, 0, 1e-8, Adam.Kind.ADAM, 0.5, maximumNorm, averageMemory);
  }

  @Test
  void stepsAreThoseOfThePaper() {
    FloatTensor start = FloatTensor.of(new float[] {1, -2, 3}, 3);
    Recorder recorder = new Recorder("product");
    recorder.output("out", recorder.input("x", 3).times(recorder.parameter("w", 3)));
    Graph graph = recorder.finish();
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    try (TrainableWeights weights = engine.trainable(Map.of("w", start));
        TrainableWeights.Replica one = weights.replica(key -> true);
        TrainableWeights.Replica two = weights.replica(key -> true);
        TrainableNetwork first = engine.trainable(graph, one, CompileOptions.EXACT);
        TrainableNetwork second = engine.trainable(graph, two, CompileOptions.EXACT);
        TensorFunctions functions = engine.functions("test", SQUARES, "");
        Adam adam = engine.adam(weights, List.of(one, two), key -> true)) {
      FloatTensor ones = FloatTensor.of(new float[] {1, 1, 1}, 3);
      double[] w = {1, -2, 3};
      double[] m = new double[3];
      double[] v = new double[3];
      double[] average = w.clone();
      for (int number = 1; number <= 4; number++) {
        loss(first, functions, ones);
        loss(second, functions, ones);
        // Each replica's gradient is w; half of their sum is w again.
        double norm = Math.sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
        assertThat(adam.step(number, step(0.1, 2, 0.75))).isCloseTo(norm, within(1e-5));
        for (int i = 0; i < 3; i++) {
          double g = w[i] * Math.min(1, 2 / norm);
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, number)));
          w[i] -= 0.1 * (m[i] / (1 - Math.pow(0.9, number))) / (root + 1e-8);
          average[i] = 0.75 * average[i] + 0.25 * w[i];
        }
      }
      for (int i = 0; i < 3; i++) {
        assertThat(weights.download("w").data()[i]).isCloseTo((float) w[i], within(1e-5f));
        assertThat(adam.average("w").data()[i]).isCloseTo((float) average[i], within(1e-5f));
        assertThat(adam.state("w").first().data()[i]).isCloseTo((float) m[i], within(1e-5f));
      }
    }
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    Recorder recorder = new Recorder("product");
    recorder.output("out", recorder.input("x", 3).times(recorder.parameter("w", 3)));
    Graph graph = recorder.finish();
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    float[] start = {1, 2, 3};
    try (TrainableWeights weights =
            engine.trainable(Map.of("w", FloatTensor.of(start.clone(), 3)));
        TrainableWeights.Replica replica = weights.replica(key -> true);
        TrainableNetwork network = engine.trainable(graph, replica, CompileOptions.EXACT);
        TensorFunctions functions = engine.functions("test", SQUARES, "");
        Adam adam = engine.adam(weights, List.of(replica), key -> true)) {
      loss(network, functions, FloatTensor.of(new float[] {1, Float.NaN, 1}, 3));
      assertThatThrownBy(() -> adam.step(7, step(0.1, 1, 0)))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FINITE))
          .hasMessage(
              "The gradient of step 7 is not finite; lower the learning rate or continue from an earlier checkpoint.");
      assertThat(weights.download("w").data()).isEqualTo(start);
    }
  }
}
