package io.stablesr.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class WordsTest {
  private enum Start {
    PURE_NOISE,
    LR_LATENT,
    IMAGE
  }

  @Test
  void everyConstantHasAWordThatIsReadBack() {
    assertThat(Words.of(Start.LR_LATENT)).isEqualTo("lr-latent");
    for (Start start : Start.values()) {
      assertThat(Words.parse(Start.class, "sampling.start", Words.of(start))).isEqualTo(start);
    }
  }

  @Test
  void anyOtherWordIsRefusedWithAllThatMayBeGiven() {
    for (String word : new String[] {"LR_LATENT", "lr_latent", "lr-latent ", ""}) {
      assertThatThrownBy(() -> Words.parse(Start.class, "sampling.start", word))
          .isInstanceOfSatisfying(
              StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
          .hasMessage("sampling.start is '%s'; it must be pure-noise or lr-latent or image.", word);
    }
  }

  @Test
  void theLanguageOfTheMachineMakesNoDifference() {
    Locale before = Locale.getDefault();
    try {
      // In Turkish the lower case of I is not i.
      Locale.setDefault(new Locale("tr"));
      assertThat(Words.of(Start.IMAGE)).isEqualTo("image");
    } finally {
      Locale.setDefault(before);
    }
  }
}
