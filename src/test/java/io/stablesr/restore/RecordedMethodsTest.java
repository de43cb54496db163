package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.network.DasrNet;
import io.stablesr.network.FemaSr;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.testing.Differences;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * DASR and FeMaSR against recordings of the published implementations with narrow networks of
 * random weights, which the recordings hold (docs/restoration.md).
 */
class RecordedMethodsTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/stablesr/restore");
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  private static Checkpoint recording(String name) {
    return Checkpoint.open(FOLDER.resolve(name + ".safetensors"));
  }

  /** The part of a recording with this prefix as a weight file. */
  private String file(String recording, String prefix, String wrapper) {
    Path file = folder.resolve(recording + prefix + "safetensors");
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    try (Checkpoint stored = recording(recording)) {
      for (String name : stored.names()) {
        // What follows from the windows is stored as integers by some files, and not needed.
        if (name.startsWith(prefix) && stored.get(name).type() == ElementType.F32) {
          String key = wrapper + name.substring(prefix.length());
          writer.add(key, stored.get(name).toFloats(), ElementType.F32);
        }
      }
      if (recording.startsWith("femasr")) {
        writer.add(wrapper + "conv_semantic.0.bias", FloatTensor.zeros(2), ElementType.F32);
      }
      writer.write(file);
    }
    return file.toString();
  }

  private static FloatTensor picture(FloatTensor recorded) {
    return recorded.reshape(3, recorded.dim(2), recorded.dim(3));
  }

  private static FloatTensor clamped(FloatTensor recorded) {
    FloatTensor picture = picture(recorded).copy();
    RestorationRunner.clamp(picture);
    return picture;
  }

  private NetworkFiles dasr() {
    return NetworkFiles.guided(file("dasr", "net_g.", ""), file("dasr", "net_p.", "params."));
  }

  private static UpscaleResult run(Upscaler upscaler, FloatTensor picture, int tilePixels) {
    int scale = 4;
    return upscaler.upscale(
        new UpscaleRequest("a", picture, NetworkSamples.options(scale, tilePixels)),
        (done, total) -> {});
  }

  @Test
  void dasrGivesTheRecordedPicture() {
    try (Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.DASR, dasr()));
        Checkpoint recorded = recording("dasr")) {
      assertThat(upscaler.modelId())
          .matches("dasr:dasrnet_g@[0-9a-f]{64}\\+dasrnet_p@[0-9a-f]{64}");
      FloatTensor result = run(upscaler, picture(recorded.get("input").toFloats()), 1024).image();
      assertThat(Differences.maxAbs(result, clamped(recorded.get("output").toFloats())))
          .isLessThan(TOLERANCE);
    }
  }

  @Test
  void everyPartOfDasrIsTheRecordedOne() {
    try (RestorationWeights files = RestorationWeights.open(dasr());
        TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint recorded = recording("dasr")) {
      DasrNet network = (DasrNet) files.network();
      assertThat(network.channels()).isEqualTo(8);
      assertThat(network.blocks()).isEqualTo(2);
      assertThat(network.scale()).isEqualTo(4);
      assertThat(network.predictor().experts()).isEqualTo(3);
      FloatTensor input = recorded.get("input").toFloats();
      Map<String, FloatTensor> shares;
      try (GuideReader guide = GuideReader.load(engine, network.predictor(), files.weights())) {
        shares = guide.read(picture(input));
      }
      near(shares.get("shares"), recorded, "prediction");
      Map<String, FloatTensor> inputs = new HashMap<>(shares);
      inputs.put("picture", input);
      Map<String, FloatTensor> found =
          evaluated(engine, network, files.weights(), inputs, List.of("conv_first", "body.0"));
      near(found.get("conv_first"), recorded, "feat.conv_first");
      near(found.get("body.0"), recorded, "feat.block0");
      near(found.get("out"), recorded, "output");
    }
  }

  @Test
  void theSharesOfDasrAreThoseOfTheWholePictureHoweverItIsCut() {
    FloatTensor picture = NetworkSamples.picture(151, 703, 3);
    for (int i = 0; i < picture.size(); i++) {
      // The right half is darker, so that its shares alone would be others.
      picture.data()[i] *= i % 703 < 350 ? 1 : 0.3f;
    }
    try (RestorationWeights files = RestorationWeights.open(dasr());
        TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        GuideReader guide =
            GuideReader.load(engine, ((DasrNet) files.network()).predictor(), files.weights());
        Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.DASR, dasr()))) {
      Graph features = ((DasrNet) files.network()).predictor().features(151, 703);
      FloatTensor whole =
          evaluated(
                  engine,
                  features,
                  files.weights(),
                  Map.of("picture", picture.reshape(1, 3, 151, 703)))
              .get("features");
      FloatTensor means = FloatTensor.zeros(1, whole.dim(1));
      int places = whole.dim(2) * whole.dim(3);
      for (int i = 0; i < whole.size(); i++) {
        means.data()[i / places] += whole.data()[i] / places;
      }
      Map<String, FloatTensor> expected =
          evaluated(
              engine,
              ((DasrNet) files.network()).predictor().mapping(),
              files.weights(),
              Map.of("means", means));
      assertThat(Differences.maxAbs(guide.read(picture).get("shares"), expected.get("shares")))
          .isLessThan(1e-4);

      UpscaleResult tiled = run(upscaler, picture, 1024);
      UpscaleResult one = run(upscaler, picture, 1 << 20);
      assertThat(one.tiles()).isEqualTo(1);
      assertThat(tiled.tiles()).isGreaterThan(2);
      assertThat(Differences.maxAbs(tiled.image(), one.image())).isLessThan(TOLERANCE);
    }
  }

  @Test
  void dasrWithoutItsPredictorSaysWhatIsMissing() {
    NetworkFiles alone = NetworkFiles.of(dasr().weights());
    assertThatThrownBy(() -> RestorationWeights.open(alone))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessage(
            "These are the experts of DASR (net_g.pth); their shares come from a predictor (net_p.pth), which has to be given as model.predictor-weights.");
    assertThatThrownBy(
            () -> RestorationWeights.open(NetworkFiles.guided(alone.weights(), alone.weights())))
        .hasMessageContaining("both have a key ")
        .hasMessageContaining("is the file of another network than model.weights.");
    assertThatThrownBy(() -> new NetworkFiles("a", "b", 0.5, "c"))
        .hasMessage(
            "model.predictor-weights is c and model.weak-weights b; no network has both, leave out one.");
    assertThatThrownBy(() -> NetworkFiles.guided("", "c"))
        .hasMessage("model.predictor-weights is c, but model.weights is empty; give both files.");
  }

  @ParameterizedTest
  @CsvSource({
    "femasr-x4, 4, input, output",
    "femasr-x4, 4, input2, output2",
    "femasr-x2, 2, input, output",
    "femasr-x2, 2, input2, output2"
  })
  void femasrGivesTheRecordedPicture(String recording, int scale, String input, String output) {
    NetworkFiles files = NetworkFiles.of(file(recording, "net.", "params."));
    try (Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.FEMASR, files));
        Checkpoint recorded = recording(recording)) {
      FloatTensor picture = picture(recorded.get(input).toFloats());
      FloatTensor result =
          upscaler
              .upscale(
                  new UpscaleRequest("a", picture, NetworkSamples.options(scale, 1024)),
                  (done, total) -> {})
              .image();
      assertThat(Differences.maxAbs(result, clamped(recorded.get(output).toFloats())))
          .isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"femasr-x4, 1, 16", "femasr-x2, 2, 32"})
  void everyPartOfFemasrIsTheRecordedOne(String recording, int halvings, int alignment) {
    NetworkFiles named = NetworkFiles.of(file(recording, "net.", ""));
    try (RestorationWeights files = RestorationWeights.open(named);
        TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        Checkpoint recorded = recording(recording)) {
      FemaSr network = (FemaSr) files.network();
      assertThat(network)
          .isEqualTo(
              new FemaSr(List.of(16, 20, 12, 8), halvings, 32, 24, List.of(2, 2, 2, 2), 2, 8, 4));
      assertThat(network.alignment()).isEqualTo(alignment);
      FloatTensor input = picture(recorded.get("input").toFloats());
      FloatTensor padded =
          Borders.symmetricPad(
              input,
              Margins.bottomRight(
                  alignment - input.dim(1) % alignment, alignment - input.dim(2) % alignment));
      Map<String, FloatTensor> found =
          evaluated(
              engine,
              network,
              files.weights(),
              Map.of("picture", padded.reshape(1, 3, padded.dim(1), padded.dim(2))),
              List.of("encoded", "before_quant_group.0", "code", "decoded.0"));
      near(found.get("encoded"), recorded, "mid.swin");
      near(found.get("before_quant_group.0"), recorded, "mid.z");
      near(found.get("code"), recorded, "mid.zq");
      near(found.get("decoded.0"), recorded, "mid.dec0");
    }
  }

  @Test
  void femasrTakesPicturesOfAnySizeAndTilesOfItsOwnStatistics() {
    NetworkFiles files = NetworkFiles.of(file("femasr-x4", "net.", ""));
    try (Upscaler upscaler =
        new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.FEMASR, files))) {
      assertThat(run(upscaler, NetworkSamples.picture(1, 3, 5), 1024).image().shape())
          .containsExactly(3, 4, 12);
      UpscaleResult tiled = run(upscaler, NetworkSamples.picture(70, 90, 5), 256);
      assertThat(tiled.tiles()).isGreaterThan(3);
      assertThat(tiled.image().shape()).containsExactly(3, 280, 360);
    }
  }

  private static Map<String, FloatTensor> evaluated(
      TensorEngine engine,
      RestorationNetwork network,
      Weights weights,
      Map<String, FloatTensor> inputs,
      List<String> taps) {
    FloatTensor picture = inputs.get("picture");
    return evaluated(
        engine, network.graph(picture.dim(2), picture.dim(3)).withTaps(taps), weights, inputs);
  }

  private static Map<String, FloatTensor> evaluated(
      TensorEngine engine, Graph graph, Weights weights, Map<String, FloatTensor> inputs) {
    try (CompiledNetwork compiled = engine.compile(graph, weights, CompileOptions.EXACT);
        TensorScope scope = engine.scope()) {
      Map<String, DeviceTensor> arguments = new HashMap<>();
      inputs.forEach((name, value) -> arguments.put(name, scope.upload(value)));
      Map<String, FloatTensor> results = new LinkedHashMap<>();
      compiled.run(scope, arguments).forEach((name, value) -> results.put(name, value.download()));
      return results;
    }
  }

  private static void near(FloatTensor found, Checkpoint recorded, String name) {
    FloatTensor expected = recorded.get(name).toFloats();
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    assertThat(Differences.maxAbs(found, expected)).as(name).isLessThan(TOLERANCE);
  }
}
