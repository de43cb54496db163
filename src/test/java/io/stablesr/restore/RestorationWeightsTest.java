package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RrdbNet;
import io.stablesr.network.SrvggNet;
import io.stablesr.network.SwinIr;
import io.stablesr.network.SwinIr.Residual;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorationWeightsTest {
  private static final RrdbNet DENSE = new RrdbNet(8, 4, 2, 1, 2);
  private static final SwinIr WINDOWS =
      new SwinIr(12, List.of(2), 2, 8, 24, Residual.BOTTLENECK, 8, 2);

  @TempDir private Path folder;

  private static String trunk(String key) {
    return key.replaceFirst("^body\\.(\\d+)\\.rdb(\\d)", "RRDB_trunk.$1.RDB$2")
        .replaceFirst("^conv_body", "trunk_conv")
        .replaceFirst("^conv_up", "upconv")
        .replaceFirst("^conv_hr", "HRconv");
  }

  private static String sequential(String key) {
    return key.replaceFirst("^body\\.(\\d+)\\.rdb(\\d)\\.(conv\\d)", "model.1.sub.$1.RDB$2.$3.0")
        .replaceFirst("^conv_body", "model.1.sub.2")
        .replaceFirst("^conv_up1", "model.3")
        .replaceFirst("^conv_up2", "model.6")
        .replaceFirst("^conv_hr", "model.8")
        .replaceFirst("^conv_last", "model.10")
        .replaceFirst("^conv_first", "model.0");
  }

  @Test
  void filesOfAnyAgeGiveTheSameNetworkAndWeights() {
    Map<String, FloatTensor> weights = NetworkSamples.weights(DENSE);
    List<Path> files =
        List.of(
            NetworkSamples.write(folder.resolve("new.safetensors"), weights, key -> key),
            NetworkSamples.write(
                folder.resolve("wrapped.safetensors"), weights, key -> "params_ema." + key),
            NetworkSamples.write(
                folder.resolve("trunk.safetensors"), weights, RestorationWeightsTest::trunk),
            NetworkSamples.write(
                folder.resolve("sub.safetensors"), weights, RestorationWeightsTest::sequential));
    for (Path file : files) {
      try (RestorationWeights opened = RestorationWeights.open(NetworkFiles.of(file.toString()))) {
        assertThat(opened.network()).as(file.toString()).isEqualTo(DENSE);
        weights.forEach(
            (key, value) ->
                assertThat(opened.weights().get(key).toFloats().data())
                    .as(key)
                    .isEqualTo(value.data()));
      }
    }
  }

  @Test
  void missingMisshapenAndUnknownKeysAreNamed() {
    Map<String, FloatTensor> weights = NetworkSamples.weights(DENSE);
    weights.remove("body.1.rdb2.conv3.bias");
    weights.put("conv_hr.weight", FloatTensor.zeros(8, 8, 1, 1));
    refused(
        weights,
        "1 keys are missing (body.1.rdb2.conv3.bias); 1 keys have another shape (conv_hr.weight [8, 8, 1, 1] instead of [8, 8, 3, 3])");
    Map<String, FloatTensor> more = NetworkSamples.weights(DENSE);
    more.put("attention.weight", FloatTensor.zeros(4));
    refused(more, "1 keys are unknown (attention.weight); this is another network.");
  }

  private void refused(Map<String, FloatTensor> weights, String message) {
    Path file = NetworkSamples.write(folder.resolve("bad.safetensors"), weights, key -> key);
    assertThatThrownBy(() -> RestorationWeights.open(NetworkFiles.of(file.toString())))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_KEYS))
        .hasMessageContaining(message)
        .hasMessageContaining(file.toString());
  }

  @Test
  void whatFollowsFromTheArchitectureIsNotUnknown() {
    Map<String, FloatTensor> weights = NetworkSamples.weights(WINDOWS);
    String block = "layers.0.residual_group.blocks.1.";
    weights.put(block + "attn_mask", FloatTensor.zeros(64, 64, 64));
    weights.put(block + "attn.relative_position_index", FloatTensor.zeros(64, 64));
    Path file = NetworkSamples.write(folder.resolve("swin.safetensors"), weights, key -> key);
    try (RestorationWeights opened = RestorationWeights.open(NetworkFiles.of(file.toString()))) {
      assertThat(opened.network()).isEqualTo(WINDOWS);
    }
  }

  @Test
  void publishedPairsAreReadAndMixedByStrength() {
    String strong = SharedFolder.path("thirdparty/realesr-general-x4v3.bin").toString();
    String weak = SharedFolder.path("thirdparty/realesr-general-wdn-x4v3.param").toString();
    float[] strongValues = first(NetworkFiles.of(strong));
    float[] weakValues = first(NetworkFiles.of(weak));
    float[] mixed = first(NetworkFiles.mean(strong, weak, 0.25));
    for (int i = 0; i < mixed.length; i++) {
      assertThat(mixed[i]).isEqualTo(0.25f * strongValues[i] + 0.75f * weakValues[i]);
    }
    assertThat(first(NetworkFiles.mean(strong, weak, 1))).isEqualTo(strongValues);
    assertThat(first(NetworkFiles.mean(strong, weak, 0))).isEqualTo(weakValues);
    assertThat(strongValues).isNotEqualTo(weakValues);
  }

  private static float[] first(NetworkFiles files) {
    try (RestorationWeights opened = RestorationWeights.open(files)) {
      assertThat(opened.network()).isEqualTo(SrvggNet.GENERAL_X4);
      Weights weights = opened.weights();
      return weights.get("body.10.weight").toFloats().data();
    }
  }

  @Test
  void filesOfDifferentNetworksAreNotMixed() {
    Path one = NetworkSamples.write(folder.resolve("one.safetensors"), DENSE);
    Path other =
        NetworkSamples.write(folder.resolve("other.safetensors"), new RrdbNet(8, 4, 1, 1, 2));
    assertThatThrownBy(
            () -> RestorationWeights.open(NetworkFiles.mean(one.toString(), other.toString(), 0.5)))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("are not of one network: they have 72 and 42 keys, of which 30");
  }

  @Test
  void rowsNameMethodFileAndDigest() throws IOException {
    RestorationNetwork network = DENSE;
    Path file = NetworkSamples.write(folder.resolve("own.x4.safetensors"), network);
    ModelSettings settings =
        NetworkSamples.settings(UpscaleMethod.BSRGAN, NetworkFiles.of(file.toString()));
    String expected = "bsrgan:own.x4@" + Digests.sha256(file);
    assertThat(new MethodFactory().describe(settings).modelId()).isEqualTo(expected);
    try (Upscaler upscaler = new MethodFactory().open(settings)) {
      assertThat(upscaler.modelId()).isEqualTo(expected);
    }
    Path bin = SharedFolder.path("thirdparty/realesr-general-x4v3.bin");
    String param = bin.toString().replace(".bin", ".param");
    assertThat(
            new MethodFactory()
                .describe(
                    NetworkSamples.settings(
                        UpscaleMethod.REALESRGAN, NetworkFiles.mean(param, param, 0.5)))
                .modelId())
        .isEqualTo(
            "realesrgan:realesr-general-x4v3@%1$s+realesr-general-x4v3@%1$s,denoise=0.5"
                .formatted(Digests.sha256(bin)));
  }

  @Test
  void mistakesAreOneSentence() {
    Path file = NetworkSamples.write(folder.resolve("dense.safetensors"), DENSE);
    assertThatThrownBy(
            () ->
                new MethodFactory()
                    .open(
                        NetworkSamples.settings(
                            UpscaleMethod.SWINIR, NetworkFiles.of(file.toString()))))
        .hasMessageContaining(
            "holds a RRDBNET network, which is not what the method swinir means; take --method realesrgan or esrgan or bsrgan or realsr.");
    assertThatThrownBy(() -> NetworkSamples.settings(UpscaleMethod.REALESRGAN, NetworkFiles.NONE))
        .hasMessage(
            "model.method is realesrgan, which needs model.weights (--weights): a .pth, .ckpt or .safetensors file, or of the compact network also a .param or .bin file of ncnn.");
    assertThatThrownBy(() -> NetworkSamples.settings(UpscaleMethod.DASR, NetworkFiles.NONE))
        .hasMessage(
            "model.method is dasr, which needs model.weights (--weights): net_g.pth, and model.predictor-weights (--predictor-weights), net_p.pth; .ckpt and .safetensors files do too.");
    assertThatThrownBy(
            () -> NetworkSamples.settings(UpscaleMethod.BICUBIC, NetworkFiles.of("a.pth")))
        .hasMessage(
            "model.weights is a.pth, but model.method is bicubic, which does not read it; say with --method what network it is: realesrgan, esrgan, bsrgan, realsr, swinir, dasr, femasr, ldm.");
    assertThatThrownBy(() -> RestorationWeights.open(NetworkFiles.of("/none/a.pth")))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_NOT_FOUND))
        .hasMessage(
            "There is no weight file /none/a.pth; every executor has to see it at this path. The jar itself has the cleaners stablesr-cleaner-x1 and stablesr-cleaner.");
    assertThatThrownBy(() -> NetworkFiles.mean("a", "b", 1.5))
        .hasMessage("model.denoise-strength is 1.5; it must be in 0..1.");
    assertThatThrownBy(() -> NetworkFiles.mean("", "b", 1))
        .hasMessage("model.weak-weights is b, but model.weights is empty; give both files.");
  }
}
