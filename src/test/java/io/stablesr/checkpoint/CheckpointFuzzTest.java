package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged copies of valid files: only the one exception ever escapes, also while reading tensors.
 */
class CheckpointFuzzTest {
  private static final int ROUNDS = 2000;
  private static final Set<ErrorCode> EXPECTED =
      EnumSet.of(ErrorCode.CHECKPOINT_CORRUPT, ErrorCode.CHECKPOINT_FORBIDDEN);

  @TempDir Path folder;

  private List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(TorchFiles.zip(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
    seeds.add(TorchFiles.legacy(TorchFiles.samplePickle(), TorchFiles.sampleStorages()));
    Path safetensors = folder.resolve("seed.safetensors");
    new SafetensorsWriter(Map.of("key", "value"))
        .add("a", FloatTensor.zeros(2, 3), ElementType.F32)
        .add("b", FloatTensor.zeros(5), ElementType.F16)
        .write(safetensors);
    seeds.add(Files.readAllBytes(safetensors));
    Path shared = Path.of(System.getProperty("stablesr.shared", "../shared"));
    Path golden = shared.resolve("goldens/public/ckpt_cases.ckpt");
    if (Files.exists(golden)) {
      seeds.add(Files.readAllBytes(golden));
    }
    return seeds;
  }

  @Test
  void onlyTheOneExceptionEscapes() throws IOException {
    long seed = 20240229;
    Random random = new Random(seed);
    List<byte[]> seeds = seeds();
    Path path = folder.resolve("damaged.ckpt");
    int failures = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] original = seeds.get(round % seeds.size());
      byte[] damaged = damage(original, seeds.get(random.nextInt(seeds.size())), random);
      Files.write(path, damaged);
      try {
        readEverything(path);
      } catch (StableSrException e) {
        failures++;
        assertThat(e.code()).as(e.getMessage()).isIn(EXPECTED);
        assertThat(e).hasMessageContaining(path.toString());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(failures).isBetween(ROUNDS / 4, ROUNDS);
  }

  private static void readEverything(Path path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      for (String name : checkpoint.names()) {
        StoredTensor tensor = checkpoint.get(name);
        assertThat(tensor.toFloats().size()).isEqualTo((int) tensor.elements());
      }
    }
  }

  private static byte[] damage(byte[] original, byte[] other, Random random) {
    byte[] bytes = original.clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        for (int i = 0; i <= random.nextInt(16); i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      case 2 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 3 -> {
        int length = 1 + random.nextInt(Math.min(64, other.length));
        int from = random.nextInt(other.length - length + 1);
        int to = random.nextInt(Math.max(1, bytes.length - length));
        System.arraycopy(other, from, bytes, to, Math.min(length, bytes.length - to));
      }
      default -> {
        int at = random.nextInt(bytes.length);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
        System.arraycopy(bytes, at, longer, longer.length - bytes.length + at, bytes.length - at);
        return longer;
      }
    }
    return bytes;
  }
}
