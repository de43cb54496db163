package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.TensorEngine;
import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDeviceTest {
  @ParameterizedTest
  @CsvSource({
    "auto,cpu,true,false",
    "gpu,cuda:0,true,true",
    "cpu,cpu,false,false",
    "cuda:3,cuda:3,false,true"
  })
  void wordsNameADevice(String word, String device, boolean scheduled, boolean gpu) {
    ModelSettings settings = settings(word);

    assertThat(settings.computeDevice()).hasToString(device);
    assertThat(settings.isScheduled()).isEqualTo(scheduled);
    assertThat(settings.needsGpu()).isEqualTo(gpu);
  }

  @ParameterizedTest
  @CsvSource({"GPU", "cuda", "cuda:", "gpu:0"})
  void otherWordsAreRefused(String word) {
    assertThatThrownBy(() -> settings(word))
        .isInstanceOf(StableSrException.class)
        .hasMessage("model.device is '%s'; it must be auto, gpu, cpu or cuda:N.".formatted(word));
  }

  @Test
  void theProfileForGpusNeverUsesTheProcessor() {
    Config profile = ConfigFactory.parseFile(new File("conf/gpu.conf")).getConfig("stablesr.model");
    ModelSettings settings = settings(profile.getString("device"));

    assertThat(settings.needsGpu()).isTrue();
    // With the libtorch of the tests there is none.
    assertThatThrownBy(() -> TensorEngine.open(settings.computeDevice(), 1))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENGINE))
        .hasMessage(
            "Device cuda:0 was asked for, but libtorch sees 0 GPUs; set model.device = cpu or see docs/gpu.md.");
  }

  private static ModelSettings settings(String device) {
    return new ModelSettings("stablesr-mini", ModelDtype.FP16, device, 1);
  }
}
