package io.stablesr.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFileInterruptTest {
  @Test
  void anInterruptedReaderDoesNotCloseTheFileForOthers(@TempDir Path folder) {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter(Map.of())
        .add("a", FloatTensor.of(new float[] {1, 2}, 2), ElementType.F32)
        .write(file);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> checkpoint.get("a").toFloats())
            .isInstanceOfSatisfying(
                StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED))
            .hasMessage("Reading %s was interrupted.".formatted(file));
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }

      assertThat(checkpoint.get("a").toFloats().data()).containsExactly(1, 2);
    }
  }
}
