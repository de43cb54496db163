package io.stablesr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import org.junit.jupiter.api.Test;

class PicturesByStemTest {
  @Test
  void picturesAreFoundByNamesWithoutExtensionInTheirOrder() {
    PicturesByStem<Integer> pictures = new PicturesByStem<>(number -> "no. " + number);
    pictures.add("b.png", 1);
    pictures.add("sub/a.v2.JPG", 2);
    pictures.add("a.webp", 3);
    assertThat(pictures.found().keySet()).containsExactly("a", "b", "sub/a.v2");
    assertThat(pictures.found()).containsEntry("sub/a.v2", 2);
  }

  @Test
  void twoPicturesOfOneStemAreRefused() {
    PicturesByStem<Integer> pictures = new PicturesByStem<>(number -> "no. " + number);
    pictures.add("a.png", 1);
    assertThatThrownBy(() -> pictures.add("a.jpg", 2))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessage("no. 1 and no. 2 have the same name without extension; keep one of them.");
  }
}
