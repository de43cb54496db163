package io.stablesr.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.FloatTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyFileTest {
  @TempDir private Path folder;

  @Test
  void arraysComeBackAsTheyWere() throws IOException {
    Path file = folder.resolve("a.npy");
    FloatTensor tensor = FloatTensor.of(new float[] {1, -2, 3.5f, 4, 5, 6}, 1, 2, 3);
    NumpyFile.write(file, tensor);
    assertThat(NumpyFile.read(file).data()).isEqualTo(tensor.data());
    assertThat(NumpyFile.read(file).shape()).containsExactly(1, 2, 3);
    byte[] bytes = Files.readAllBytes(file);
    // Format version 1.0: magic, header length, a Python literal padded to a multiple of 64.
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }")
        .endsWith(" \n");
    assertThat(bytes).hasSize(128 + 24);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve("a.npy");
    NumpyFile.write(file, FloatTensor.of(new float[] {1, 2}, 2));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 4));
    refused(file);
    Files.writeString(file, "hello");
    refused(file);
    Files.write(
        file,
        new String(whole, StandardCharsets.ISO_8859_1)
            .replace("<f4", "<f8")
            .getBytes(StandardCharsets.ISO_8859_1));
    refused(file);
  }

  private static void refused(Path file) {
    assertThatThrownBy(() -> NumpyFile.read(file))
        .hasMessage(file + " is not a whole .npy file of fp32 values in row-major order.");
  }
}
