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
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVerdictsTest {
  @TempDir private Path folder;
  private final List<Path> hashed = new ArrayList<>();
  private Path file;
  private BundleFile expected;
  private FileVerdicts verdicts;

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(folder.resolve("a.safetensors"), "weights");
    expected = new BundleFile("a.safetensors", 7, Digests.sha256(file));
    verdicts = counting(folder.resolve("cache"));
  }

  private FileVerdicts counting(Path cache) {
    return new FileVerdicts(
        cache,
        path -> {
          hashed.add(path);
          return Digests.sha256(path);
        });
  }

  @Test
  void anUnchangedFileIsHashedOnce() throws IOException {
    assertThat(verdicts.matches(file, expected)).isTrue();
    assertThat(verdicts.matches(file, expected)).isTrue();
    assertThat(counting(folder.resolve("cache")).matches(file, expected)).isTrue();
    assertThat(
            counting(folder.resolve("cache"))
                .matches(file.getParent().resolve("./a.safetensors"), expected))
        .isTrue();

    assertThat(hashed).hasSize(1);
  }

  @Test
  void aTouchedFileIsHashedAgain() throws IOException {
    verdicts.matches(file, expected);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));

    assertThat(verdicts.matches(file, expected)).isTrue();
    assertThat(verdicts.matches(file, expected)).isTrue();
    assertThat(hashed).hasSize(2);
  }

  @Test
  void otherContentOfTheSameLengthIsFoundByItsTime() throws IOException {
    verdicts.matches(file, expected);
    Files.writeString(file, "Weights");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));

    assertThat(verdicts.matches(file, expected)).isFalse();
    assertThat(verdicts.matches(file, expected)).isFalse();
    assertThat(hashed).hasSize(3);
  }

  @Test
  void anotherLengthNeedsNoHash() throws IOException {
    verdicts.matches(file, expected);
    Files.writeString(file, "more weights");

    assertThat(verdicts.matches(file, expected)).isFalse();
    assertThat(hashed).hasSize(1);
  }

  @Test
  void aVerdictIsForOneDigestAndOnePath() throws IOException {
    verdicts.matches(file, expected);
    BundleFile other = new BundleFile("a.safetensors", 7, "0123456789abcdef".repeat(4));
    Path copy = Files.copy(file, folder.resolve("b.safetensors"));

    assertThat(verdicts.matches(file, other)).isFalse();
    assertThat(verdicts.matches(copy, expected)).isTrue();
    assertThat(hashed).hasSize(3);
  }

  @Test
  void aFileThatChangesWhileItIsHashedIsNotVouchedFor() throws IOException {
    FileVerdicts slow =
        new FileVerdicts(
            folder.resolve("cache"),
            path -> {
              String digest = Digests.sha256(path);
              Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000L * hashed.size()));
              hashed.add(path);
              return digest;
            });

    assertThat(slow.matches(file, expected)).isTrue();
    assertThat(slow.matches(file, expected)).isTrue();
    assertThat(hashed).hasSize(2);
  }

  @Test
  void withoutAUsableCacheFolderEveryStartHashes() throws IOException {
    FileVerdicts homeless = counting(file.resolve("cache"));

    assertThat(homeless.matches(file, expected)).isTrue();
    assertThat(homeless.matches(file, expected)).isTrue();
    assertThat(hashed).hasSize(2);
  }

  @Test
  void aDamagedBundleIsRefusedAlsoAfterItWasFoundRight() throws IOException {
    Path bundle = folder.resolve("bundle");
    SyntheticModelFolder.write(
        bundle, SyntheticModelFolderTest.NARROW, 8, new WorkGeometry(64, 0, 32));
    Path weights = bundle.resolve("autoencoder.safetensors");
    open(bundle).close();
    byte[] content = Files.readAllBytes(weights);
    content[content.length - 1] ^= 1;
    Files.write(weights, content);
    Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000));

    assertThatThrownBy(() -> open(bundle))
        .isInstanceOfSatisfying(
            StableSrException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_CORRUPT))
        .hasMessageStartingWith("autoencoder.safetensors of model bundle ");
  }

  private ModelBundle.OpenWeights open(Path bundle) {
    return ModelBundle.open(bundle.toString(), folder.resolve("cache")).openWeights();
  }
}
