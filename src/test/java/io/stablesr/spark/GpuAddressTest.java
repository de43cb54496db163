package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.StableSrException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GpuAddressTest {
  @Test
  void anIndexIsTheOrdinalUnlessDevicesAreHidden() {
    assertThat(GpuAddress.device("3", Map.of())).isEqualTo("cuda:3");
    assertThat(GpuAddress.device("3", Map.of("CUDA_VISIBLE_DEVICES", "3"))).isEqualTo("cuda:0");
    assertThat(GpuAddress.device("5", Map.of("CUDA_VISIBLE_DEVICES", "3, 5"))).isEqualTo("cuda:1");
    assertThat(GpuAddress.device("1", Map.of("CUDA_VISIBLE_DEVICES", "GPU-a,GPU-b")))
        .isEqualTo("cuda:1");
  }

  @Test
  void anIdentifierIsLookedUpAmongTheVisibleDevices() {
    assertThat(GpuAddress.device("GPU-b", Map.of("CUDA_VISIBLE_DEVICES", "GPU-a,GPU-b")))
        .isEqualTo("cuda:1");
    assertThatThrownBy(() -> GpuAddress.device("GPU-c", Map.of()))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Spark gave this task the GPU 'GPU-c', which is neither an index nor among CUDA_VISIBLE_DEVICES=''; let the discovery script print indices or set CUDA_VISIBLE_DEVICES.");
  }
}
