package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.engine.TrainableNetwork;
import io.stablesr.engine.TrainableWeights;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.Architecture;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.restore.ModelBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grown restorer computes what the embedded one does. */
class GrownWeightsTest {
  private static final String BUNDLE = "src/main/resources/models/stablesr-mini";

  @TempDir private Path folder;

  private Path larger(String... replacements) throws IOException {
    String conf = Files.readString(Path.of(BUNDLE, "model.conf"));
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(conf).contains(replacements[i]);
      conf = conf.replace(replacements[i], replacements[i + 1]);
    }
    Path into = Files.createDirectories(folder.resolve("into"));
    Files.writeString(into.resolve("model.conf"), conf);
    return into;
  }

  private Path grow(Path into) throws IOException {
    String stage =
        """
        g {
          kind = grow, model = "%s", into = "%s", folder = "%s"
          init = ["%s/diffusion.safetensors", "%s/autoencoder.safetensors"]
        }
        """
            .formatted(BUNDLE, into, folder, BUNDLE, BUNDLE);
    new TrainingRun(
            ConfigFactory.parseString(stage), new PrintWriter(new StringWriter()), () -> false)
        .run("g");
    return folder.resolve("weights.safetensors");
  }

  private Architecture architecture(String bundle) {
    return ModelBundle.open(bundle, folder).description().architecture();
  }

  private static Map<String, FloatTensor> outputs(
      Architecture architecture, Map<String, FloatTensor> weights) {
    Map<String, FloatTensor> all = new LinkedHashMap<>();
    Graphs graphs = new Graphs(architecture);
    FloatTensor words = weights.get("null_context");
    FloatTensor context = words.reshape(1, words.size() / 32, 32);
    FloatTensor picture = noise(1, 1, 3, 96, 64);
    FloatTensor latent = noise(2, 1, 4, 24, 16);
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        TrainableWeights trainable = engine.trainable(weights);
        TrainableWeights.Replica replica = trainable.replica(key -> false);
        TensorScope scope = engine.scope()) {
      Map<String, FloatTensor> encoded =
          run(engine, replica, scope, graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE), picture, null);
      all.putAll(encoded);
      all.putAll(
          run(engine, replica, scope, graphs.decoder(Extent.TILE, Graphs.CFW_SCOPE), null, latent));
      Map<String, io.stablesr.engine.DeviceTensor> inputs =
          new LinkedHashMap<>(
              Map.of(
                  "x", scope.upload(latent),
                  "z", scope.upload(noise(3, 1, 4, 24, 16)),
                  "t", scope.upload(FloatTensor.of(new float[] {437}, 1)),
                  "context", scope.upload(context)));
      try (TrainableNetwork denoiser =
          engine.trainable(graphs.denoiser(Extent.TILE), replica, CompileOptions.EXACT)) {
        all.put("out", denoiser.run(scope, inputs).get("out").download());
      }
    }
    return all;
  }

  private static Map<String, FloatTensor> run(
      TensorEngine engine,
      TrainableWeights.Replica replica,
      TensorScope scope,
      Graph graph,
      FloatTensor picture,
      FloatTensor latent) {
    Map<String, FloatTensor> out = new LinkedHashMap<>();
    try (TrainableNetwork network = engine.trainable(graph, replica, CompileOptions.EXACT)) {
      network
          .run(
              scope,
              picture == null
                  ? Map.of("latent", scope.upload(latent))
                  : Map.of("picture", scope.upload(picture)))
          .forEach((name, value) -> out.put(name, value.download()));
    }
    return out;
  }

  private static FloatTensor noise(long seed, int... shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.data()[i] = (float) Math.tanh(random.nextGaussian());
    }
    return tensor;
  }

  private static Map<String, FloatTensor> read(Path... files) {
    return TrainingState.weights(List.of(files));
  }

  @Test
  void widerAndDeeperNetworksComputeTheSame() throws IOException {
    Path into =
        larger(
            "model-channels = 64\n    channel-multipliers = [1, 2, 2]",
            "model-channels = 128\n    channel-multipliers = [1, 2, 2]",
            "residual-blocks = 2\n    latent-channels",
            "residual-blocks = 3\n    latent-channels");
    Map<String, FloatTensor> grown = read(grow(into));
    Map<String, FloatTensor> before =
        outputs(
            architecture(BUNDLE),
            read(
                Path.of(BUNDLE, "diffusion.safetensors"),
                Path.of(BUNDLE, "autoencoder.safetensors")));
    Map<String, FloatTensor> after = outputs(architecture(into.toString()), grown);
    assertThat(after.keySet()).isEqualTo(before.keySet()).contains("out", "moments", "picture");
    before.forEach(
        (name, expected) ->
            assertThat(after.get(name).data())
                .describedAs(name)
                .usingComparatorWithPrecision(2e-4f)
                .containsExactly(expected.data()));
    ParameterSpec first =
        new Graphs(architecture(into.toString()))
            .denoiser(Extent.TILE)
            .parameters()
            .get("model.diffusion_model.out.2.weight");
    assertThat(first.shape()).containsExactly(4, 128, 3, 3);
    FloatTensor last = grown.get(first.key());
    assertThat(last.data()[0]).isNotCloseTo(last.data()[9], within(1e-6f));
  }

  @Test
  void whatItCannotGrowIsSaid() throws IOException {
    Path into = larger("head-channels = 32", "head-channels = 16");
    assertThatThrownBy(() -> grow(into))
        .hasMessage(
            "A restorer grows by a multiple of unet.model-channels (64) and by autoencoder.residual-blocks (2) alone; make all else of the larger architecture equal.");
  }
}
