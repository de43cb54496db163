package io.stablesr.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.network.SwinIr.Residual;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestorationNetworkTest {
  private static final SwinIr MEDIUM =
      new SwinIr(180, Collections.nCopies(6, 6), 6, 8, 360, Residual.ONE_CONVOLUTION, 64, 2);
  private static final SwinIr LARGE =
      new SwinIr(240, Collections.nCopies(9, 6), 8, 8, 480, Residual.BOTTLENECK, 64, 2);

  private static final DasrNet DASR = new DasrNet(64, 16, 4, new DasrPredictor(64, 33, 15, 5));
  private static final FemaSr FEMASR_X4 = femaSr(1);
  private static final FemaSr FEMASR_X2 = femaSr(2);

  private static FemaSr femaSr(int halvings) {
    return new FemaSr(
        List.of(256, 256, 128, 64), halvings, 1024, 512, List.of(6, 6, 6, 6), 8, 8, 32);
  }

  static Stream<RestorationNetwork> published() {
    return Stream.of(
        new RrdbNet(64, 32, 23, 1, 2),
        new RrdbNet(64, 32, 6, 1, 2),
        new RrdbNet(64, 32, 23, 2, 2),
        new RrdbNet(64, 32, 23, 4, 2),
        new RrdbNet(64, 32, 23, 1, 1),
        SrvggNet.GENERAL_X4,
        SrvggNet.ANIME_VIDEO_X4,
        new SrvggNet(64, 16, 2),
        new SrvggNet(8, 2, 1),
        MEDIUM,
        LARGE,
        DASR,
        new DasrNet(8, 2, 2, new DasrPredictor(4, 5, 15, 3)),
        new DasrNet(8, 2, 3, new DasrPredictor(4, 5, 15, 3)),
        FEMASR_X4,
        FEMASR_X2);
  }

  @ParameterizedTest
  @MethodSource("published")
  void isFoundFromItsOwnShapes(RestorationNetwork network) {
    assertThat(RestorationNetwork.infer(shapes(network))).isEqualTo(network);
  }

  /** {@code keys_*.json} list what the official files hold. */
  @ParameterizedTest
  @ValueSource(strings = {"rrdbnet_x4", "rrdbnet_x2", "srvgg_x4v3", "swinir_l_x4"})
  void readsExactlyTheKeysOfTheOfficialFiles(String name) throws IOException {
    Map<String, List<Integer>> listed = new LinkedHashMap<>();
    for (JsonElement pair :
        JsonParser.parseString(
                Files.readString(SharedFolder.path("goldens2/keys/keys_" + name + ".json")))
            .getAsJsonArray()) {
      JsonArray shape = pair.getAsJsonArray().get(1).getAsJsonArray();
      listed.put(
          pair.getAsJsonArray().get(0).getAsString(),
          shape.asList().stream().map(JsonElement::getAsInt).toList());
    }
    Map<String, long[]> shapes = new LinkedHashMap<>();
    listed.forEach(
        (key, shape) -> shapes.put(key, shape.stream().mapToLong(Integer::longValue).toArray()));
    Map<String, List<Integer>> read = new LinkedHashMap<>();
    RestorationNetwork.infer(shapes)
        .graph(64, 64)
        .parameters()
        .forEach((key, spec) -> read.put(key, spec.shape()));
    assertThat(read).isEqualTo(listed);
  }

  @Test
  void knowsItsScaleAndAlignment() {
    assertThat(new RrdbNet(64, 32, 23, 2, 2))
        .returns(2, RestorationNetwork::scale)
        .returns(2, RestorationNetwork::alignment);
    assertThat(new RrdbNet(64, 32, 23, 4, 2).scale()).isEqualTo(1);
    assertThat(MEDIUM).returns(4, SwinIr::scale).returns(8, SwinIr::alignment);
    assertThat(MEDIUM.graph(16, 24).outputs().get("out").dim(3)).isEqualTo(96);
    assertThat(new RrdbNet(64, 32, 23, 1, 2).graph(8, 8).parameterCount()).isEqualTo(16_697_987);
    assertThat(SrvggNet.GENERAL_X4.graph(8, 8).parameterCount()).isEqualTo(1_213_296);
    assertThat(FEMASR_X4).returns(4, FemaSr::scale).returns(16, FemaSr::alignment);
    assertThat(FEMASR_X2).returns(2, FemaSr::scale).returns(32, FemaSr::alignment);
  }

  /** The lists are of what the published classes create. */
  @Test
  void theNewerNetworksHaveTheKeysOfThePublishedOnes() throws IOException {
    assertThat(lengths(FEMASR_X4.shapes())).isEqualTo(listed("femasr-x4")).hasSize(437);
    assertThat(lengths(FEMASR_X2.shapes())).isEqualTo(listed("femasr-x2")).hasSize(455);
    assertThat(lengths(DASR.shapes())).isEqualTo(listed("dasr")).hasSize(74 + 16);
    assertThat(FEMASR_X4.graph(32, 32).parameterCount()).isEqualTo(34_059_971);
    assertThat(FEMASR_X2.graph(64, 64).parameterCount()).isEqualTo(36_711_235);
    assertThat(DASR.graph(8, 8).parameterCount()).isEqualTo(7_587_855);
  }

  private static Map<String, String> lengths(Map<String, long[]> shapes) {
    Map<String, String> lengths = new LinkedHashMap<>();
    shapes.forEach((key, shape) -> lengths.put(key, Arrays.toString(shape)));
    return lengths;
  }

  private static Map<String, String> listed(String name) throws IOException {
    Map<String, String> listed = new LinkedHashMap<>();
    Path file = Path.of("src/test/resources/io/stablesr/restore/" + name + "-keys.txt");
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      boolean follows =
          parts[0].endsWith(".attn_mask") || parts[0].endsWith(".relative_position_index");
      if (!follows) {
        listed.put(RestorationKeys.current(parts[0]), parts[1]);
      }
    }
    return listed;
  }

  @Test
  void oldNamesAreBroughtToTheNewOnes() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("conv_first.weight", "conv_first.weight");
    names.put("RRDB_trunk.12.RDB3.conv5.bias", "body.12.rdb3.conv5.bias");
    names.put("trunk_conv.weight", "conv_body.weight");
    names.put("upconv1.weight", "conv_up1.weight");
    names.put("upconv2.bias", "conv_up2.bias");
    names.put("HRconv.weight", "conv_hr.weight");
    names.put("conv_last.bias", "conv_last.bias");
    names.put("model.0.weight", "conv_first.weight");
    names.put("model.1.sub.22.RDB1.conv4.0.weight", "body.22.rdb1.conv4.weight");
    names.put("model.1.sub.23.bias", "conv_body.bias");
    names.put("model.3.weight", "conv_up1.weight");
    names.put("model.6.weight", "conv_up2.weight");
    names.put("model.8.bias", "conv_hr.bias");
    names.put("model.10.weight", "conv_last.weight");
    names.put("body.0.weight", "body.0.weight");
    names.forEach((old, current) -> assertThat(RestorationKeys.current(old)).isEqualTo(current));
  }

  @Test
  void refusesOtherFiles() {
    refused(Map.of("encoder.conv_in.weight", new long[] {4}), "These are no weights of RRDBNet");
    Map<String, long[]> odd = new LinkedHashMap<>(shapes(new RrdbNet(8, 4, 1, 1, 2)));
    odd.put("conv_first.weight", new long[] {8, 5, 3, 3});
    refused(odd, "conv_first.weight takes 5 channels; 3, 12 or 48 are known");
    // What the training of DASR starts from has kernels of one network only.
    refused(
        Map.of(
            "conv_first.weight",
            new long[] {64, 3, 3, 3},
            "body.0.conv1.weight",
            new long[] {64, 64, 3, 3}),
        "These are no weights of RRDBNet");
    refused(
        Map.of("multiscale_encoder.in_conv.weight", new long[] {64, 3, 4, 4}),
        "as its prior (FeMaSR_HRP_model_g.pth) has none");
    Map<String, long[]> classical = new LinkedHashMap<>(shapes(MEDIUM));
    classical.keySet().removeIf(key -> key.startsWith("conv_before_upsample"));
    refused(classical, "only those with nearest+conv enlargement");
    refused(
        Map.of("body.0.weight", new long[] {64, 3, 3, 3}, "body.1.weight", new long[] {64}),
        "body.0 to body.1 with 64 results are no SRVGGNetCompact");
  }

  private static void refused(Map<String, long[]> shapes, String message) {
    assertThatThrownBy(() -> RestorationNetwork.infer(shapes))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessageContaining(message);
  }

  private static Map<String, long[]> shapes(RestorationNetwork network) {
    return network.shapes();
  }
}
