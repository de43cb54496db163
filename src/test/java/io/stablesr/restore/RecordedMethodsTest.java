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
import io.stablesr.diffusion.Window;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.CompiledNetwork;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorScope;
import io.stablesr.graph.Graph;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.network.DasrNet;
import io.stablesr.network.DasrPredictor;
import io.stablesr.network.FemaSr;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.testing.Differences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
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
            "These are the experts of DASR (net_g.pth) without the predictor of their shares (ConvNet...); give the method dasr its file net_p.pth as model.predictor-weights, or one file that holds both.");
    assertThatThrownBy(
            () ->
                NetworkSamples.settings(
                    UpscaleMethod.FEMASR, NetworkFiles.guided("a.pth", "net_p.pth")))
        .hasMessage(
            "model.predictor-weights is net_p.pth, but model.method is femasr, which has no predictor; only dasr has.");
    assertThatThrownBy(
            () -> RestorationWeights.open(NetworkFiles.guided(alone.weights(), alone.weights())))
        .hasMessage(
            "model.predictor-weights is %s, which is not the predictor of DASR alone (ConvNet..., MappingNet...); that is net_p.pth."
                .formatted(alone.weights()));
    String predictor = dasr().predictor();
    assertThatThrownBy(() -> RestorationWeights.open(NetworkFiles.guided(predictor, predictor)))
        .hasMessage(
            "%s holds the predictor of DASR already; leave out model.predictor-weights (%s)."
                .formatted(predictor, predictor));
    assertThatThrownBy(() -> new NetworkFiles("a", "b", 0.5, "c"))
        .hasMessage(
            "model.predictor-weights is c and model.weak-weights b; no network has both, leave out one.");
    assertThatThrownBy(() -> NetworkFiles.guided("", "c"))
        .hasMessage("model.predictor-weights is c, but model.weights is empty; give both files.");
  }

  /** Two pictures of odd size at the published width; weights follow from their names. */
  @Test
  void dasrGivesTheRecordedPictureAtThePublishedWidthToo() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    for (String line : Files.readAllLines(FOLDER.resolve("dasr-keys.txt"))) {
      String[] parts = line.split("\t", -1);
      int[] shape =
          Arrays.stream(parts[1].replaceAll("[\\[\\] ]", "").split(","))
              .mapToInt(Integer::parseInt)
              .toArray();
      writer.add(parts[0], DasrRecordedWeights.of(parts[0], shape), ElementType.F32);
    }
    Path file = folder.resolve("official.safetensors");
    writer.write(file);
    NetworkFiles files = NetworkFiles.of(file.toString());
    try (Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.DASR, files));
        Checkpoint recorded = recording("dasr-official")) {
      FloatTensor inputs = recorded.get("input").toFloats();
      FloatTensor outputs = recorded.get("output").toFloats();
      for (int i = 0; i < inputs.dim(0); i++) {
        FloatTensor expected = entry(outputs, i);
        RestorationRunner.clamp(expected);
        assertThat(Differences.maxAbs(run(upscaler, entry(inputs, i), 1024).image(), expected))
            .isLessThan(TOLERANCE);
      }
    }
  }

  private static FloatTensor entry(FloatTensor batch, int index) {
    int size = batch.size() / batch.dim(0);
    return FloatTensor.of(
        Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size),
        batch.dim(1),
        batch.dim(2),
        batch.dim(3));
  }

  @ParameterizedTest
  @CsvSource({"dasr, dasr", "femasr-x4, femasr"})
  void lowPrecisionComesNear(String recording, String method) {
    NetworkFiles files =
        method.equals("dasr") ? dasr() : NetworkFiles.of(file(recording, "net.", ""));
    FloatTensor picture;
    try (Checkpoint recorded = recording(recording)) {
      picture = picture(recorded.get("input").toFloats());
    }
    FloatTensor exact = onEngine(files, picture, CompileOptions.EXACT);
    FloatTensor low =
        onEngine(files, picture, CompileOptions.recommended(ComputeDevice.CPU, Precision.BF16));
    double far = 0;
    for (int i = 0; i < exact.size(); i++) {
      far += Math.abs(exact.data()[i] - low.data()[i]) > 0.05 ? 1 : 0;
    }
    assertThat(low.data()).isNotEqualTo(exact.data());
    // Another code may be the nearest at a few places.
    assertThat(far / exact.size()).isLessThan(method.equals("dasr") ? 1e-9 : 0.15);
  }

  private static FloatTensor onEngine(
      NetworkFiles files, FloatTensor picture, CompileOptions options) {
    try (TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 1);
        RestorationRunner runner =
            RestorationRunner.load(engine, RestorationWeights.open(files), options)) {
      return runner.whole(picture, new RestorationRunner.Pass(1, 1 << 20, (done, total) -> {}));
    }
  }

  /** The recording's tiles of 24 pixels and 16 around them, put together. */
  @Test
  void tilesOfFemasrAreTheRecordedOnes() {
    NetworkFiles files = NetworkFiles.of(file("femasr-x2", "net.", ""));
    try (Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.FEMASR, files));
        Checkpoint recorded = recording("femasr-x2")) {
      FloatTensor picture = picture(recorded.get("input3").toFloats());
      FloatTensor expected = clamped(recorded.get("output3_tiled").toFloats());
      for (int top = 0; top < picture.dim(1); top += 24) {
        for (int left = 0; left < picture.dim(2); left += 24) {
          int bottom = Math.min(top + 24, picture.dim(1));
          int right = Math.min(left + 24, picture.dim(2));
          int y = Math.max(top - 16, 0);
          int x = Math.max(left - 16, 0);
          FloatTensor part =
              Borders.crop(
                  picture,
                  y,
                  x,
                  Math.min(bottom + 16, picture.dim(1)) - y,
                  Math.min(right + 16, picture.dim(2)) - x);
          FloatTensor result =
              upscaler
                  .upscale(
                      new UpscaleRequest("a", part, NetworkSamples.options(2, 1024)),
                      (done, total) -> {})
                  .image();
          int height = 2 * (bottom - top);
          int width = 2 * (right - left);
          assertThat(
                  Differences.maxAbs(
                      Borders.crop(result, 2 * (top - y), 2 * (left - x), height, width),
                      Borders.crop(expected, 2 * top, 2 * left, height, width)))
              .isLessThan(TOLERANCE);
        }
      }
    }
  }

  @Test
  void tilesOfFemasrAreWhatTheirRegionsGiveByThemselves() {
    NetworkFiles files = NetworkFiles.of(file("femasr-x4", "net.", ""));
    FloatTensor picture = NetworkSamples.picture(70, 90, 5);
    try (RestorationWeights weights = RestorationWeights.open(files);
        Upscaler upscaler =
            new MethodFactory().open(NetworkSamples.settings(UpscaleMethod.FEMASR, files))) {
      FloatTensor tiled = run(upscaler, picture, 256).image();
      for (TilePlan.Tile tile : RestorationTiles.of(weights.network()).plan(70, 90, 256, 1)) {
        Window region = tile.region();
        Window core = tile.core();
        assertThat(region.height()).isLessThan(64);
        FloatTensor part =
            Borders.crop(picture, region.y(), region.x(), region.height(), region.width());
        FloatTensor alone = run(upscaler, part, 1024).image();
        int height = 4 * core.height();
        int width = 4 * core.width();
        int top = 4 * (core.y() - region.y());
        int left = 4 * (core.x() - region.x());
        assertThat(
                Differences.maxAbs(
                    Borders.crop(alone, top, left, height, width),
                    Borders.crop(tiled, 4 * core.y(), 4 * core.x(), height, width)))
            .isLessThan(TOLERANCE);
      }
      // Half the network's factor: every tile is reduced by itself.
      FloatTensor half =
          upscaler
              .upscale(
                  new UpscaleRequest("a", picture, NetworkSamples.options(2, 1024)),
                  (done, total) -> {})
              .image();
      assertThat(half.shape()).containsExactly(3, 140, 180);
    }
  }

  @Test
  void costsOfBothCountWhatTheyTakeBeside() {
    NetworkFiles dasr = dasr();
    NetworkFiles femasr = NetworkFiles.of(file("femasr-x4", "net.", ""));
    ImageCost guided = cost(UpscaleMethod.DASR, dasr, 64, 48);
    DasrNet network = new DasrNet(8, 2, 4, new DasrPredictor(6, 7, 15, 3));
    double perPixel =
        (network.graph(256, 256).cost().flops()
                + network.predictor().features(256, 256).cost().flops())
            / (256.0 * 256);
    assertThat(guided.flops()).isCloseTo(perPixel * 64 * 48, Percentage.withPercentage(3));
    assertThat(guided.tiles()).isEqualTo(1);
    // 63 pixels are filled up to 64, 64 to 80.
    ImageCost small = cost(UpscaleMethod.FEMASR, femasr, 63, 63);
    ImageCost grown = cost(UpscaleMethod.FEMASR, femasr, 64, 64);
    assertThat(grown.flops() / small.flops()).isBetween(1.4, 1.7);
  }

  private static ImageCost cost(UpscaleMethod method, NetworkFiles files, int width, int height) {
    return new MethodFactory()
        .costs(NetworkSamples.settings(method, files), 4L << 30)
        .cost(width, height, NetworkSamples.options(4, 1024));
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
