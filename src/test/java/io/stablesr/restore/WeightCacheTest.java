package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.restore.ModelDescription.BundleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightCacheTest {
  private static final String MODEL = "stablesr-cleaner";

  @TempDir private Path folder;

  private final BundleFile file = EmbeddedNetwork.find(MODEL).orElseThrow().file();

  @Test
  void aDamagedCopyIsMadeAgain() throws IOException {
    Path copy = new WeightCache(folder).extracted(MODEL, file);
    assertThat(Digests.sha256(copy)).isEqualTo(file.sha256());
    byte[] damaged = Files.readAllBytes(copy);
    damaged[damaged.length - 1] ^= 1;
    Files.write(copy, damaged);

    assertThat(new WeightCache(folder).extracted(MODEL, file)).isEqualTo(copy);
    assertThat(Digests.sha256(copy)).isEqualTo(file.sha256());
  }

  @Test
  void whatIsNotAsDescribedIsRefusedAndLeavesNothing() throws IOException {
    BundleFile other = new BundleFile(file.name(), file.bytes(), "0".repeat(64));
    refused(
        other,
        ErrorCode.CHECKPOINT_CORRUPT,
        "cleaner.safetensors of model bundle 'stablesr-cleaner' is not the file its model.conf describes (715112 bytes, expected 715112, or another sha256); copy or import the bundle again.");
    refused(
        new BundleFile("other.safetensors", 7, file.sha256()),
        ErrorCode.INPUT_NOT_FOUND,
        "Model bundle 'stablesr-cleaner' lacks its file other.safetensors.");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private void refused(BundleFile wanted, ErrorCode code, String message) {
    assertThatThrownBy(() -> new WeightCache(folder).extracted(MODEL, wanted))
        .isInstanceOfSatisfying(StableSrException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }
}
