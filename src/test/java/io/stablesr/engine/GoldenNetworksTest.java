package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.CompileOptions.AttentionKernel;
import io.stablesr.engine.CompileOptions.MemoryFormat;
import io.stablesr.engine.CompileOptions.Packing;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.testing.Differences;
import io.stablesr.testing.Goldens;
import io.stablesr.testing.TinyModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every network against the recorded reference, under every way of compiling it. */
class GoldenNetworksTest {
  private static final Graphs GRAPHS = new Graphs(TinyModel.ARCHITECTURE);

  private static TinyModel model;
  private static TensorEngine engine;

  @BeforeAll
  static void open() {
    model = new TinyModel();
    engine = TensorEngine.open(ComputeDevice.CPU, 1);
  }

  @AfterAll
  static void close() {
    if (engine != null) {
      engine.close();
      model.close();
    }
  }

  static Stream<CompileOptions> options() {
    return Stream.of(
        CompileOptions.EXACT,
        new CompileOptions(
            Precision.FP32, MemoryFormat.CHANNELS_LAST, Packing.ONEDNN, AttentionKernel.BLOCKED),
        new CompileOptions(
            Precision.BF16, MemoryFormat.CHANNELS_FIRST, Packing.NONE, AttentionKernel.FUSED),
        CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16));
  }

  private static double tolerance(CompileOptions options) {
    return options.precision() == Precision.FP32 ? 1e-5 : 3e-2;
  }

  @ParameterizedTest
  @MethodSource("options")
  void theDenoiserEqualsTheReference(CompileOptions options) {
    Goldens golden = Goldens.of("04_unet");
    try (CompiledNetwork network =
        engine.compile(GRAPHS.denoiser(Extent.TILE), model.diffusion(), options)) {
      for (String name :
          List.of("case0/t0", "case0/t37", "case0/t500", "case0/t999", "case1/t3", "case1/t641")) {
        String source = name.substring(0, 5);
        float timestep = Float.parseFloat(name.substring(7));
        FloatTensor out =
            run(
                network,
                Map.of(
                    "x", golden.tensor(source + "/x"),
                    "z", golden.tensor(source + "/z"),
                    "t", FloatTensor.of(new float[] {timestep}, 1),
                    "context", golden.tensor(source + "/context")),
                "out");
        assertThat(Differences.relativeL2(out, golden.tensor(name + "/out")))
            .as(name)
            .isLessThan(tolerance(options));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void theConditionEncoderEqualsTheReference(CompileOptions options) {
    Goldens golden = Goldens.of("03_structcond_encoder");
    try (CompiledNetwork network =
        engine.compile(GRAPHS.conditionEncoder(Extent.TILE), model.diffusion(), options)) {
      Map<String, FloatTensor> out =
          runAll(
              network,
              Map.of("z", golden.tensor("case1/z"), "t", FloatTensor.of(new float[] {641}, 1)));
      for (int level = 0; level < 4; level++) {
        FloatTensor map = out.get("condition/" + level);
        assertThat(Differences.relativeL2(map, golden.tensor("case1/t641/" + map.dim(3))))
            .isLessThan(tolerance(options));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void theAutoencoderEqualsTheReference(CompileOptions options) {
    Goldens golden = Goldens.of("06_vae_cfw");
    Weights weights = model.autoencoder();
    try (CompiledNetwork encoder =
            engine.compile(GRAPHS.encoder(Extent.TILE, Graphs.CFW_SCOPE), weights, options);
        CompiledNetwork decoder =
            engine.compile(GRAPHS.fusingDecoder(Extent.TILE), weights, options);
        CompiledNetwork plain =
            engine.compile(GRAPHS.decoder(Extent.TILE, Graphs.CFW_SCOPE), weights, options)) {
      for (String source : List.of("case0", "case1")) {
        Map<String, FloatTensor> encoded =
            runAll(encoder, Map.of("picture", golden.tensor(source + "/image")));
        assertThat(
                Differences.relativeL2(encoded.get("moments"), golden.tensor(source + "/moments")))
            .isLessThan(tolerance(options));
        Map<String, FloatTensor> arguments = new HashMap<>(encoded);
        arguments.put("latent", golden.tensor(source + "/z_unscaled"));
        for (String w : List.of("0.5", "1")) {
          arguments.put("w", FloatTensor.of(new float[] {Float.parseFloat(w)}, 1));
          assertThat(
                  Differences.relativeL2(
                      run(decoder, arguments, "picture"),
                      golden.tensor(source + "/decode_cfw_w" + w)))
              .isLessThan(tolerance(options));
        }
        assertThat(
                Differences.relativeL2(
                    run(plain, arguments, "picture"), golden.tensor(source + "/decode_cfw_w0")))
            .isLessThan(tolerance(options));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void theTextEncoderEqualsTheReference(CompileOptions options) {
    Goldens golden = Goldens.of("14_text");
    FloatTensor expected = golden.tensor("penultimate_ln_final");
    float[] ids = new float[expected.dim(0) * 77];
    int[] tokens = golden.ints("tokens");
    for (int i = 0; i < ids.length; i++) {
      ids[i] = tokens[i];
    }
    try (CompiledNetwork network =
        engine.compile(GRAPHS.textEncoder(), model.diffusion(), options)) {
      FloatTensor context =
          run(network, Map.of("tokens", FloatTensor.of(ids, expected.dim(0), 77)), "context");
      assertThat(Differences.relativeL2(context, expected)).isLessThan(tolerance(options));
    }
  }

  @Test
  void everyBlockEqualsTheRecordedTrace() {
    Goldens golden = Goldens.of("05_trace_unet_structcond");
    List<String> taps =
        Stream.concat(
                Stream.of("input_blocks.1", "input_blocks.11", "middle_block", "output_blocks.8")
                    .map(name -> "model.diffusion_model." + name),
                Stream.of("input_blocks.2", "input_blocks.11", "middle_block")
                    .map(name -> "structcond_stage_model." + name))
            .toList();
    Graph graph = GRAPHS.denoiser(Extent.TILE).withTaps(taps);
    try (CompiledNetwork network = engine.compile(graph, model.diffusion(), CompileOptions.EXACT)) {
      Map<String, FloatTensor> out =
          runAll(
              network,
              Map.of(
                  "x", golden.tensor("x"),
                  "z", golden.tensor(golden.has("z") ? "z" : "x"),
                  "t", FloatTensor.of(new float[] {golden.ints("t")[0]}, 1),
                  "context", golden.tensor("context")));
      for (String tap : taps) {
        String name =
            tap.replace("model.diffusion_model.", "unet/")
                .replace("structcond_stage_model.", "structcond/");
        assertThat(Differences.relativeL2(out.get(tap), golden.tensor(name)))
            .as(tap)
            .isLessThan(1e-5);
      }
    }
  }

  private static FloatTensor run(
      CompiledNetwork network, Map<String, FloatTensor> arguments, String output) {
    return runAll(network, arguments).get(output);
  }

  private static Map<String, FloatTensor> runAll(
      CompiledNetwork network, Map<String, FloatTensor> arguments) {
    try (TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> inputs = new HashMap<>();
      network.inputs().forEach(name -> inputs.put(name, scope.upload(arguments.get(name))));
      Map<String, FloatTensor> results = new HashMap<>();
      network.run(scope, inputs).forEach((name, value) -> results.put(name, value.download()));
      return results;
    }
  }
}
