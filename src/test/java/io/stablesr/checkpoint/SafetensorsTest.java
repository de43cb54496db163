package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Path sample(String name) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("licence", "none \"quoted\" é");
    metadata.put("steps", "4");
    Path path = folder.resolve(name);
    FloatTensor values = FloatTensor.of(new float[] {1, -2.5f, 0.1f}, 3);
    new SafetensorsWriter(metadata)
        .add("half", values, ElementType.F16)
        .add("single", values, ElementType.F32)
        .add("brain", values.reshape(3, 1), ElementType.BF16)
        .add(
            "longs",
            ElementType.I64,
            new long[] {2},
            () -> littleEndian(16).putLong(-1).putLong(1L << 60).flip())
        .add("bool", ElementType.BOOL, new long[] {}, () -> littleEndian(1).put((byte) 1).flip())
        .add("empty", FloatTensor.zeros(0, 4), ElementType.F32)
        .write(path);
    return path;
  }

  private Path raw(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[8 + text.length + dataBytes];
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return Files.write(folder.resolve("raw.safetensors"), file);
  }

  private void assertCorrupt(Path path, String reason) {
    assertThatThrownBy(() -> Checkpoint.open(path).close())
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("Cannot read weights from " + path + ": ")
        .hasMessageContaining(reason)
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(ErrorCode.CHECKPOINT_CORRUPT);
  }

  /** 0x80 followed by a version is also how a pickle begins. */
  @ParameterizedTest
  @ValueSource(ints = {0x280, 0x580, 0x3c80})
  void aHeaderWhoseLengthBeginsLikeAPickleIsRead(int headerBytes) throws IOException {
    String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    Path path = raw(header + " ".repeat(headerBytes - header.length()), 4);

    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.get("a").toFloats().data()).containsExactly(0);
    }
  }

  @Test
  void whatIsWrittenIsReadBack() {
    try (Checkpoint checkpoint = Checkpoint.open(sample("a.safetensors"))) {
      assertThat(checkpoint.names())
          .containsExactly("half", "single", "brain", "longs", "bool", "empty");
      assertThat(checkpoint.metadata())
          .containsExactly(Map.entry("licence", "none \"quoted\" é"), Map.entry("steps", "4"));
      assertThat(checkpoint.get("single").toFloats().data()).containsExactly(1, -2.5f, 0.1f);
      assertThat(checkpoint.get("half").toFloats().data()).containsExactly(1, -2.5f, 0x1.998p-4f);
      assertThat(checkpoint.get("brain").toFloats().data()).containsExactly(1, -2.5f, 0x1.9ap-4f);
      assertThat(checkpoint.get("brain").shape()).containsExactly(3, 1);
      assertThat(checkpoint.get("longs").toLongs()).containsExactly(-1, 1L << 60);
      assertThat(checkpoint.get("bool").toFloats().data()).containsExactly(1);
      assertThat(checkpoint.get("empty").toFloats().shape()).containsExactly(0, 4);
      assertThat(checkpoint.content()).isEmpty();
    }
  }

  @Test
  void tensorsAreAlignedAndTheSameCallsGiveTheSameBytes() throws IOException {
    Path first = sample("a.safetensors");
    byte[] bytes = Files.readAllBytes(first);
    assertThat(bytes).isEqualTo(Files.readAllBytes(sample("b.safetensors")));
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void tensorsAreCopiedAndConvertedFromOtherFiles() {
    Path copy = folder.resolve("copy.safetensors");
    try (Checkpoint source = Checkpoint.open(sample("a.safetensors"))) {
      new SafetensorsWriter(Map.of())
          .add(source.get("longs"))
          .add(source.get("single").named("other"), ElementType.BF16)
          .write(copy);
    }
    try (Checkpoint checkpoint = Checkpoint.open(copy)) {
      assertThat(checkpoint.get("longs").toLongs()).containsExactly(-1, 1L << 60);
      assertThat(checkpoint.get("other").type()).isEqualTo(ElementType.BF16);
      assertThat(checkpoint.metadata()).isEmpty();
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = sample("a.safetensors");
    byte[] before = Files.readAllBytes(path);
    SafetensorsWriter writer =
        new SafetensorsWriter(Map.of())
            .add("short", ElementType.F32, new long[] {4}, () -> littleEndian(4));
    assertThatThrownBy(() -> writer.write(path))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("should have 16 bytes but its source gave 4");
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
    assertThatThrownBy(() -> writer.write(folder.resolve("no/such/folder.safetensors")))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("Cannot write weights to");
    assertThatThrownBy(() -> writer.add("short", FloatTensor.zeros(1), ElementType.F32))
        .hasMessageContaining("the name is taken");
  }

  @Test
  void oversizedHeadersAreRefusedBeforeAllocating() throws IOException {
    Path path = folder.resolve("raw.safetensors");
    Files.write(path, littleEndian(64).putLong(Long.MAX_VALUE).put((byte) '{').array());
    assertCorrupt(path, "is larger than the file");
    Files.write(path, littleEndian(64).putLong(-1).put((byte) '{').array());
    assertCorrupt(path, "header of 18446744073709551615 bytes");
  }

  @Test
  void everyTruncationIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(sample("a.safetensors"));
    Path path = folder.resolve("cut.safetensors");
    for (int part = 0; part < 50; part++) {
      Files.write(path, Arrays.copyOf(whole, whole.length * part / 50));
      assertCorrupt(path, "");
    }
  }

  @Test
  void offsetsMustFillTheDataWithoutOverlap() throws IOException {
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    String b = "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";
    assertCorrupt(raw("{" + a + "," + b.formatted(4, 12) + "}", 12), "overlap or leave a gap");
    assertCorrupt(raw("{" + a + "," + b.formatted(9, 17) + "}", 17), "overlap or leave a gap");
    assertCorrupt(raw("{" + a + "," + b.formatted(8, 16) + "}", 12), "truncated?");
    assertCorrupt(raw("{" + a + "}", 12), "its tensors end at");
    assertCorrupt(raw("{" + b.formatted(0, 4) + "}", 4), "needs 8 bytes but has 4");
    assertCorrupt(raw("{" + b.formatted(8, 0) + "}", 8), "lies at 8 to 0");
  }

  @Test
  void headersMustBeStrictlyWellFormed() throws IOException {
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    assertCorrupt(raw("{" + a + "," + a + "}", 4), "key 'a' is there twice");
    assertCorrupt(raw("{" + a + "} x", 4), "not valid JSON");
    assertCorrupt(raw("{" + a + "}{}", 4), "");
    assertCorrupt(raw("{" + a.replace("F32", "F8_E4M3") + "}", 4), "unsupported dtype F8_E4M3");
    assertCorrupt(raw("{" + a.replace("[1]", "[1.0]") + "}", 4), "no natural number");
    assertCorrupt(raw("{" + a.replace("[1]", "[\"1\"]") + "}", 4), "no natural number");
    assertCorrupt(raw("{" + a.replace("[1]", "[-1]") + "}", 4), "no natural number");
    assertCorrupt(
        raw("{" + a.replace("[1]", "[999999999999999999,999999999999999999]") + "}", 4),
        "overflows");
    assertCorrupt(raw("{" + a.replace("shape", "form") + "}", 4), "unexpected or repeated field");
    assertCorrupt(raw("{\"a\":{\"dtype\":\"F32\"}}", 4), "lacks its dtype, shape");
    assertCorrupt(raw("{\"__metadata__\":{\"x\":1}}", 0), "metadata 'x' is no text");
    assertCorrupt(raw("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "has __metadata__ twice");
    assertCorrupt(raw("{\"a\":" + "[".repeat(100_000), 0), "not valid JSON");
  }
}
