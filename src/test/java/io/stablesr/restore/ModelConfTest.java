package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.network.Architecture;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Posterior;
import io.stablesr.restore.ModelDescription.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConfTest {
  @TempDir private Path cache;

  @Test
  void whatIsWrittenIsReadBack() {
    ModelDescription embedded = ModelBundle.open("stablesr-mini", cache).description();

    for (ModelDescription model : List.of(embedded, official())) {
      assertThat(ModelConf.parse(ModelConfWriter.text(model), "a.conf")).isEqualTo(model);
    }
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
    String text = ModelConfWriter.text(official());

    assertRefused(
        text + "posteriour = \"mode\"\n",
        "Key 'posteriour' in a.conf is unknown; the nearest known key is 'posterior'.");
    assertRefused(
        text + "architecture.unet.head-chanels = 3\n",
        "Key 'architecture.unet.head-chanels' in a.conf is unknown; the nearest known key is"
            + " 'architecture.unet.head-channels'.");
    assertRefused(
        text.replace("bytes = 7", "byte = 7"),
        "Key 'files.byte' in a.conf is unknown; the nearest known key is 'files.bytes'.");
  }

  @Test
  void anUnknownWordIsRefusedWithTheKnownOnes() {
    assertRefused(
        ModelConfWriter.text(official()).replace("\"single-head\"", "\"many-heads\""),
        "middle-attention is 'many-heads'; it must be none or single-head.");
  }

  @Test
  void keysBelowDefaultsAreLeftToTheSettings() {
    String text = ModelConfWriter.text(official()) + "defaults.upscale.no-such-key = 3\n";

    assertThat(ModelConf.parse(text, "a.conf").defaults().getInt("upscale.no-such-key"))
        .isEqualTo(3);
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> ModelConf.parse(text, "a.conf"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(message);
  }

  private static ModelDescription official() {
    return new ModelDescription(
        "official",
        "a \"quoted\" licence\\ of $two\nlines",
        Architecture.OFFICIAL,
        new Parameterization.V(),
        0.18215,
        Posterior.SAMPLE,
        0.00085,
        0.012,
        96,
        new WorkGeometry(768, 0, 32),
        Optional.of("null_context"),
        List.of(new BundleFile("a.safetensors", 7, "0123456789abcdef".repeat(4))),
        List.of(new Source("stablesr 768v.ckpt", "fedcba9876543210".repeat(4))),
        ImportPreset.V768.defaults());
  }
}
