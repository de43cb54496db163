package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NcnnModelTest {
  private static final String LAYERS =
      """
      7767517
      3 3
      Input in 0 1 data
      Convolution first 1 1 data a 0=1 1=3 4=1 5=1 6=27
      PReLU second 1 1 a b 0=1
      """;

  @TempDir private Path folder;

  private NcnnModel read(String layers, byte[] weights) throws IOException {
    Path param = folder.resolve("m.param");
    Path bin = folder.resolve("m.bin");
    Files.writeString(param, layers);
    Files.write(bin, weights);
    return NcnnModel.read(param, bin);
  }

  /** 27 halves with padding, a bias, a slope. */
  private static ByteBuffer weights(int tag) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 56 + 4 + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(tag);
    for (int i = 0; i < 27; i++) {
      bytes.putShort(4 + 2 * i, HalfPrecision.toF16(i));
    }
    bytes.putFloat(60, 0.5f).putFloat(64, 0.25f);
    return bytes;
  }

  @Test
  void readsHalvesBiasesAndSlopes() throws IOException {
    NcnnModel model = read(LAYERS, weights(0x01306B47).array());
    assertThat(model.layers()).extracting(NcnnModel.Layer::name).containsExactly("first", "second");
    assertThat(model.layers().get(0).tensors().get("weight").shape()).containsExactly(1, 3, 3, 3);
    assertThat(model.layers().get(0).tensors().get("weight").data()[26]).isEqualTo(26);
    assertThat(model.layers().get(0).tensors().get("bias").data()).containsExactly(0.5f);
    assertThat(model.layers().get(1).tensors().get("weight").data()).containsExactly(0.25f);
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    byte[] good = weights(0x01306B47).array();
    refused(LAYERS, Arrays.copyOf(good, good.length + 4), "its layers take 68 bytes of 72");
    refused(LAYERS, Arrays.copyOf(good, good.length - 4), "beyond its 64 bytes (truncated?)");
    refused(LAYERS, weights(7).array(), "stored in the unknown way 7");
    refused(LAYERS.replace("PReLU", "Sigmoid"), good, "layer 'second' is of kind 'Sigmoid'");
    refused(LAYERS.replace("6=27", "6=26"), good, "cannot have 26 weights");
    refused("1\n2\n", good, "it does not begin with 7767517");
  }

  private void refused(String layers, byte[] weights, String message) {
    assertThatThrownBy(() -> read(layers, weights))
        .isInstanceOfSatisfying(
            StableSrException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_CORRUPT))
        .hasMessageContaining(message);
  }

  @Test
  void readsEveryByteOfAPublishedModel() {
    NcnnModel model =
        NcnnModel.read(
            SharedFolder.path("thirdparty/realesr-general-x4v3.param"),
            SharedFolder.path("thirdparty/realesr-general-x4v3.bin"));
    assertThat(SrvggNet.weights(model).keySet())
        .isEqualTo(SrvggNet.GENERAL_X4.graph(16, 16).parameters().keySet());
    assertThat(SrvggNet.GENERAL_X4.graph(16, 16).parameterCount()).isEqualTo(1_213_296);
  }
}
