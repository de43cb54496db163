package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private final Config settings = SettingKeys.reference().defaults();

  @Test
  void fieldsMayBeQuotedEmptyOrInAnyOrder() {
    List<ImageEntry> entries =
        Manifest.parse(
            "\uFEFFprompt,uri,seed\r\n\"a \"\"big\"\"\ncat, sitting\",s3a://b/c d/e%20#.jpg,7\r\n\r\n,x.png,\r\n",
            settings, uri -> uri);

    assertThat(entries)
        .containsExactly(
            new ImageEntry(
                "b/c d/e%20#.jpg",
                "s3a://b/c d/e%20#.jpg",
                "",
                Map.of("upscale.prompt", "a \"big\"\ncat, sitting", "upscale.seed", "7")),
            ImageEntry.of("x.png", "x.png"));
  }

  @Test
  void anErrorNamesItsLine() {
    fails(
        "",
        "Manifest line 1: the header is missing; the first line must name the columns, at least uri.");
    fails("id\nx", "Manifest line 1: the header has no column 'uri'.");
    fails(
        "uri,sede\nx,1",
        "Manifest line 1: column 'sede' is unknown; the columns are id, negative_prompt, output_key,"
            + " prompt, scale, seed, uri.");
    fails("uri,uri\nx,y", "Manifest line 1: column 'uri' is named twice.");
    fails("uri,seed\na,1\nb", "Manifest line 3: 1 fields, but the header has 2.");
    fails("uri,seed\na,1\n,2", "Manifest line 3: the uri is empty.");
    fails("uri,seed\na,one", "Manifest line 2: scale and seed must be numbers.");
    fails(
        "uri,seed\na,42.7",
        "Manifest line 2: upscale.seed is 42.7; it must be a whole number of 64 bits.");
    fails("uri\na\nnowhere", "Manifest line 3: uri 'nowhere' cannot be used: no such store.");
    fails(
        "uri,scale\n\"a\nb\",1\nc,99",
        "Manifest line 4: scale is 99.0; it must be in 0 (excluded) to 16.");
    fails("uri\na\nb\na", "Manifest line 4: id 'a' is already that of line 2; ids must be unique.");
    fails("uri\n\"a", "Manifest line 2: a quoted field is not closed.");
  }

  private static String located(String uri) {
    if (uri.equals("nowhere")) {
      throw new IllegalArgumentException("no such store");
    }
    return uri;
  }

  private void fails(String text, String message) {
    assertThatThrownBy(() -> Manifest.parse(text, settings, ManifestTest::located))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessage(message);
  }
}
