package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchReaderTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) {
    try {
      return Files.write(Files.createTempFile(folder, "weights", ".ckpt"), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertSample(byte[] bytes) {
    try (Checkpoint checkpoint = Checkpoint.open(file(bytes))) {
      assertThat(checkpoint.names()).containsExactly("a", "inner.b", "inner.c");
      assertThat(checkpoint.get("a").toFloats().data()).containsExactly(1, 2, 3);
      assertThat(checkpoint.get("inner.b").toFloats().data()).containsExactly(11, 12, 13, 14);
      assertThat(checkpoint.get("inner.c").contiguous()).isFalse();
      assertThat(checkpoint.get("inner.c").toFloats().data())
          .containsExactly(10, 13, 11, 14, 12, 15);
      assertThat(checkpoint.get("inner.c").toLongs()).containsExactly(10, 13, 11, 14, 12, 15);
      assertThat(checkpoint.get("a").bytes().isReadOnly()).isTrue();
      assertThat(checkpoint.get("a").bytes().isDirect()).isTrue();
      assertThat(checkpoint.metadata()).containsExactly(Map.entry("epoch", "7"));
    }
  }

  private void assertRefused(byte[] bytes, ErrorCode code, String reason) {
    Path path = file(bytes);
    assertThatThrownBy(() -> Checkpoint.open(path).close())
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("Cannot read weights from " + path + ": ")
        .hasMessageContaining(reason)
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(code);
  }

  private void assertCorruptPickle(byte[] pickle, String reason) {
    assertRefused(
        TorchFiles.zip(pickle, TorchFiles.sampleStorages()), ErrorCode.CHECKPOINT_CORRUPT, reason);
  }

  @Test
  void zipFilesAreRead() {
    assertSample(TorchFiles.zip(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
  }

  @Test
  void zip64FilesAreRead() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("x/data.pkl", TorchFiles.samplePickle());
    TorchFiles.sampleStorages().forEach((key, bytes) -> entries.put("x/data/" + key, bytes));
    assertSample(TorchFiles.archive(entries, TorchFiles.Zip.ZIP64));
  }

  @Test
  void legacyFilesAreRead() {
    assertSample(TorchFiles.legacy(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
  }

  @Test
  void buffersStayValidAfterClosingAndTheFileDoesNot() {
    Path path = file(TorchFiles.zip(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
    Checkpoint checkpoint = Checkpoint.open(path);
    StoredTensor tensor = checkpoint.get("a");
    var bytes = tensor.bytes();
    checkpoint.close();
    assertThat(bytes.getFloat(8)).isEqualTo(3);
    assertThatThrownBy(tensor::bytes)
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("has been closed");
  }

  @Test
  void aMissingTensorIsNamed() {
    Path path = file(TorchFiles.zip(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThatThrownBy(() -> checkpoint.get("nothing"))
          .isInstanceOf(StableSrException.class)
          .hasMessageContaining("has no tensor 'nothing' among its 3")
          .extracting(e -> ((StableSrException) e).code())
          .isEqualTo(ErrorCode.CHECKPOINT_KEYS);
    }
  }

  @Test
  void emaParametersArePreferredToPlainOnes() {
    byte[] pickle =
        Pickles.start()
            .op('}')
            .mark()
            .text("params")
            .op('}')
            .text("w")
            .floats("0", 3)
            .op('s')
            .text("params_ema")
            .op('}')
            .text("w")
            .floats("1", 6)
            .op('s')
            .op('u')
            .stop();
    Path path = file(TorchFiles.zip(pickle, TorchFiles.sampleStorages()));
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.get("w").shape()).containsExactly(6);
    }
  }

  @Test
  void compressedEntriesAreRefusedWithoutInflatingThem() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("bomb/data.pkl"));
      zip.write(new byte[50_000_000]);
    }
    assertThat(bytes.size()).isLessThan(100_000);
    assertRefused(bytes.toByteArray(), ErrorCode.CHECKPOINT_CORRUPT, "is compressed");
  }

  @Test
  void otherZipFilesAndOtherFilesAreRecognised() {
    byte[] zip = TorchFiles.archive(Map.of("a.txt", new byte[9]), TorchFiles.Zip.CLASSIC);
    assertRefused(zip, ErrorCode.CHECKPOINT_CORRUPT, "zip file without data.pkl");
    byte[] page = "<!DOCTYPE html><html></html>".getBytes(StandardCharsets.US_ASCII);
    assertRefused(page, ErrorCode.CHECKPOINT_CORRUPT, "web page");
    byte[] pointer = "version https://git-lfs.github.com/".getBytes(StandardCharsets.US_ASCII);
    assertRefused(pointer, ErrorCode.CHECKPOINT_CORRUPT, "Git LFS pointer");
    assertRefused(new byte[100], ErrorCode.CHECKPOINT_CORRUPT, "neither a safetensors file");
    assertRefused(new byte[0], ErrorCode.CHECKPOINT_CORRUPT, "only 0 bytes");
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("absent.ckpt")).close())
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("does not exist")
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(ErrorCode.INPUT_NOT_FOUND);
  }

  @Test
  void everyTruncationIsAnError() {
    byte[] zip = TorchFiles.zip(TorchFiles.samplePickle(), TorchFiles.sampleStorages());
    byte[] legacy = TorchFiles.legacy(TorchFiles.samplePickle(), TorchFiles.sampleStorages());
    for (byte[] whole : new byte[][] {zip, legacy}) {
      for (int part = 0; part < 50; part++) {
        byte[] cut = Arrays.copyOf(whole, whole.length * part / 50);
        assertRefused(cut, ErrorCode.CHECKPOINT_CORRUPT, "");
      }
    }
  }

  @Test
  void tensorsMustStayInsideTheirStorage() {
    assertCorruptPickle(
        Pickles.start().tensor("FloatStorage", "0", 3, 1, new long[] {3}, new long[] {1}).stop(),
        "leaves its storage of 12 bytes");
    assertCorruptPickle(
        Pickles.start().tensor("FloatStorage", "0", 3, 0, new long[] {2}, new long[] {-1}).stop(),
        "negative numbers are not allowed");
    assertCorruptPickle(
        Pickles.start()
            .tensor("FloatStorage", "0", 3, 0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0})
            .stop(),
        "overflows");
    assertCorruptPickle(
        Pickles.start()
            .tensor("FloatStorage", "0", 3, 0, new long[] {1L << 31}, new long[] {0})
            .stop(),
        "more than the whole file");
    assertCorruptPickle(Pickles.start().floats("0", 4).stop(), "needs 16 bytes but has 12");
    assertCorruptPickle(Pickles.start().floats("0", 1L << 50).stop(), "more than the file's");
    assertCorruptPickle(Pickles.start().floats("9", 3).stop(), "storage '9' is missing");
    assertCorruptPickle(
        Pickles.start().storage("ComplexFloatStorage", "0", 1).stop(),
        "storages of type torch.ComplexFloatStorage are not supported");
  }

  @Test
  void repeatedKeysAreErrors() {
    byte[] twice =
        Pickles.start()
            .op('}')
            .mark()
            .text("a")
            .floats("0", 3)
            .text("a")
            .floats("1", 6)
            .op('u')
            .stop();
    assertCorruptPickle(twice, "key 'a' is there twice");
    byte[] flattened =
        Pickles.start()
            .op('}')
            .mark()
            .text("a.b")
            .floats("0", 3)
            .text("a")
            .op('}')
            .text("b")
            .floats("1", 6)
            .op('s')
            .op('u')
            .stop();
    assertCorruptPickle(flattened, "key 'a.b' is there twice");
  }
}
