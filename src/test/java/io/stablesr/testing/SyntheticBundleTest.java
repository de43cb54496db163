package io.stablesr.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticBundleTest {
  @TempDir Path folder;

  @Test
  void theFileHasAHeaderThenTheValues() throws IOException {
    Path table = table("a.weight\t[2,3]\tF32\nsteps\t[]\tI64\na.bias\t[1200000]\tF32\n");
    Path file = folder.resolve("out.safetensors");

    SyntheticBundle.write(table, file, ElementType.F32, SyntheticRules.PLAIN);

    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) content.getLong()];
    content.get(header);
    assertThat(header.length % 8).isZero();
    assertThat(new String(header, StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[8,32]},"
                + "\"steps\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[1200000],"
                + "\"data_offsets\":[32,4800032]}}");
    assertThat(content.getLong()).isZero();
    float[] weight = SyntheticWeights.values("a.weight", new long[] {2, 3}, SyntheticRules.PLAIN);
    float[] bias = SyntheticWeights.values("a.bias", new long[] {1_200_000}, SyntheticRules.PLAIN);
    for (float value : weight) {
      assertThat(content.getFloat()).isEqualTo(value);
    }
    float[] stored = new float[bias.length];
    content.asFloatBuffer().get(stored);
    assertThat(stored).isEqualTo(bias);
    assertThat(content.remaining()).isEqualTo(4 * bias.length);
  }

  @Test
  void halfTypesTakeTwoBytes() throws IOException {
    Path table = table("a.weight\t[2,3]\tF32\n");
    Path file = folder.resolve("out.safetensors");

    SyntheticBundle.main(new String[] {table.toString(), file.toString(), "BF16"});

    byte[] content = Files.readAllBytes(file);
    ByteBuffer data =
        ByteBuffer.wrap(content, content.length - 12, 12).order(ByteOrder.LITTLE_ENDIAN);
    for (float value :
        SyntheticWeights.values("a.weight", new long[] {2, 3}, SyntheticRules.PLAIN)) {
      assertThat(Float.intBitsToFloat(data.getShort() << 16))
          .isCloseTo(value, org.assertj.core.data.Offset.offset(Math.abs(value) / 256));
    }
  }

  @Test
  void aLineOfAnotherFormIsRefused() throws IOException {
    Path table = table("a.weight [2,3] F32\n");

    assertThatThrownBy(
            () ->
                SyntheticBundle.write(
                    table,
                    folder.resolve("out.safetensors"),
                    ElementType.F32,
                    SyntheticRules.PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected 'key TAB [shape] TAB type' but found 'a.weight [2,3] F32'");
  }

  private Path table(String lines) throws IOException {
    return Files.writeString(folder.resolve("keys.tsv"), lines);
  }
}
