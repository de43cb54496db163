package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private final Config settings = SettingKeys.reference().defaults();

  @Test
  void fieldsMayBeQuotedEmptyOrInAnyOrder() throws IOException {
    List<ImageEntry> entries =
        read(
                InputFormat.CSV,
                "\uFEFFprompt,uri,seed,x_owner,_row\r\n\"a \"\"big\"\"\ncat, sitting\",s3a://b/c d/e%20#.jpg,7,me,1\r\n\r\n,x.png,,,\r\n")
            .images();

    assertThat(entries)
        .containsExactly(
            entry(
                "b/c d/e%20#.jpg",
                "s3a://b/c d/e%20#.jpg",
                "",
                "",
                Map.of("upscale.prompt", "a \"big\"\ncat, sitting", "upscale.seed", "7")),
            ImageEntry.of("x.png", "x.png"));
  }

  @Test
  void anErrorNamesItsLineAndColumn() {
    fails(
        "",
        "Manifest line 1: the header is missing; the first line must name the columns, at least uri.");
    fails("id\nx", "Manifest line 1: there is no column 'uri'.");
    fails(
        "uri,sede\nx,1",
        "Manifest line 1: column 'sede' is unknown; the nearest known column is 'seed' (columns whose"
            + " names begin with '_' or 'x_' are left alone).");
    fails("uri,uri\nx,y", "Manifest line 1: column 'uri' is named twice.");
    fails("uri,seed\na,1\nb", "Manifest line 3: 1 fields, but the header has 2.");
    fails("uri,seed\na,1\n,2", "Manifest line 3: the uri is empty.");
    fails("uri,seed\na,one", "Manifest line 2, column 'seed': 'one' is not a number.");
    fails(
        "uri,seed\na,42.7",
        "Manifest line 2, column 'seed': upscale.seed is 42.7; it must be a whole number of 64 bits.");
    fails("uri\na\nnowhere", "Manifest line 3: uri 'nowhere' cannot be used: no such store.");
    fails(
        "uri,reference_uri\na,nowhere",
        "Manifest line 2: reference_uri 'nowhere' cannot be used: no such store.");
    fails(
        "uri,scale\n\"a\nb\",1\nc,99",
        "Manifest line 4, column 'scale': scale is 99.0; it must be in 0 (excluded) to 16.");
    fails(
        "uri,output_key\na,../b",
        "Manifest line 2, column 'output_key': the output key '../b' cannot be used; it must be a"
            + " relative path without colons, backslashes, parts that start with a dot or stand for"
            + " '..', or a leading '_rows' or '_journal'.");
    fails("uri\n\"a", "Manifest line 2: a quoted field is not closed.");
  }

  @Test
  void jsonLinesTakeTextAndNumbers() throws IOException {
    List<ImageEntry> entries =
        read(
                InputFormat.JSONL,
                """
                {"uri": "a b.png", "seed": 9007199254740993, "scale": 2.5, "prompt": null}

                {"uri":"ü%20#.png","id":"x","output_key":"k/y","reference_uri":"r.png","_tags":["t"]}
                """)
            .images();

    assertThat(entries)
        .containsExactly(
            entry(
                "a b.png",
                "a b.png",
                "",
                "",
                Map.of("upscale.seed", "9007199254740993", "upscale.scale", "2.5")),
            entry("x", "ü%20#.png", "k/y", "r.png", Map.of()));
  }

  @Test
  void anErrorInJsonLinesNamesItsLineToo() {
    jsonFails(
        "{\"uri\":\"a\"}\n{\"uri\":", "Manifest line 2: this is not a JSON object on one line.");
    jsonFails("[\"a\"]", "Manifest line 1: this is not a JSON object on one line.");
    jsonFails("{'uri':'a'}", "Manifest line 1: this is not a JSON object on one line.");
    jsonFails("{\"uri\":\"a\"} x", "Manifest line 1: this is not a JSON object on one line.");
    jsonFails("{\"uri\":\"a\",\"uri\":\"b\"}", "Manifest line 1: column 'uri' is named twice.");
    jsonFails(
        "\n{\"uri\":\"a\",\"url\":\"b\"}",
        "Manifest line 2: column 'url' is unknown; the nearest known column is 'uri' (columns whose"
            + " names begin with '_' or 'x_' are left alone).");
    jsonFails("{\"uri\":[\"a\"]}", "Manifest line 1: column 'uri' must be text or a number.");
    jsonFails("{\"id\":\"a\"}", "Manifest line 1: the uri is empty.");
    jsonFails(
        "{\"uri\":\"a\",\"scale\":0}",
        "Manifest line 1, column 'scale': scale is 0.0; it must be in 0 (excluded) to 16.");
  }

  @Test
  void aPlainListHasAUriPerLine() throws IOException {
    assertThat(
            read(InputFormat.LIST, "# photographs\r\n\r\ns3a://b/a #1.jpg\r\n  c.png \n").images())
        .containsExactly(
            ImageEntry.of("b/a #1.jpg", "s3a://b/a #1.jpg"), ImageEntry.of("c.png", "c.png"));
  }

  @Test
  void repeatedIdsAreCountedAndTheFirstOfThemStays() throws IOException {
    ImageListing listing = read(InputFormat.CSV, "uri,id\na,x\nb,y\nc,x\nd,x\n");

    assertThat(listing.images()).extracting(ImageEntry::uri).containsExactly("a", "b");
    assertThat(listing.duplicates())
        .isEqualTo(
            new Findings(
                2,
                List.of(
                    "Manifest line 4: id 'x' is already that of line 2",
                    "Manifest line 5: id 'x' is already that of line 2")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a.png",
        "a/../../b.png",
        "s3a://b/x/..",
        "/data/%2e%2e/etc/passwd",
        "/data/%2E./x",
        "a/%252e%252e/b",
        "a%2f..%2fb",
        "a\\..\\b"
      })
  void waysUpAreRefused(String uri) {
    fails(
        "uri\n" + uri,
        "Manifest line 2: uri '%s' cannot be used: it has a '..' segment, plain or encoded."
            .formatted(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIAKEY:hunter2@bucket/a.png",
        "s3a://AKIAKEY:hun/hunter2@bucket/a.png",
        "s3a://AKIAKEY:/hunter2@bucket/a.png",
        "S3A://hunter2@bucket/a.png",
        "s3a:AKIAKEY:hunter2@bucket/a.png",
        "hdfs://me:hunter2@node:8020/a.png",
        "AKIAKEY:hunter2@bucket/a.png"
      })
  void credentialsAreRefusedAndNeverShown(String uri) {
    assertThatThrownBy(() -> read(InputFormat.CSV, "uri\n" + uri))
        .isInstanceOf(StableSrException.class)
        .hasMessageContaining("Manifest line 2: uri '")
        .hasMessageContaining("***")
        .hasMessageEndingWith(
            " cannot be used: it holds credentials; give them to the store by its own settings or"
                + " environment.")
        .message()
        .doesNotContain("hunter2", "AKIAKEY");
  }

  @Test
  void ordinaryNamesAreNotTakenForCredentials() throws IOException {
    String uris =
        """
        photo@2x.png
        file:/a/b@2x.png
        hdfs://node:8020/a@b.png
        s3a://b/10:30 me@home.png
        abfss://container@account.dfs.core.windows.net/x.png
        a..b/...png
        50%.png
        """;

    assertThat(read(InputFormat.LIST, uris).images()).hasSize(7);
    assertThat(UriRules.masked(uris.replace("abfss", "file")))
        .contains("photo@2x.png", "file:/a/b@2x.png", "hdfs://node:8020/a@b.png");
    assertThat(UriRules.masked("https://b.s3.amazonaws.com/a.png?X-Amz-Signature=hunter2"))
        .isEqualTo("https://b.s3.amazonaws.com/a.png?***");
  }

  private static ImageEntry entry(
      String id, String uri, String key, String reference, Map<String, String> overrides) {
    return new ImageEntry(id, uri, key, OptionalLong.empty(), "", reference, overrides);
  }

  private static String located(String uri) {
    if (uri.equals("nowhere")) {
      throw new IllegalArgumentException("no such store");
    }
    return uri;
  }

  private ImageListing read(InputFormat format, String text) throws IOException {
    ManifestEntries entries = new ManifestEntries(settings, ManifestTest::located);
    Manifest.read(format, new StringReader(text), entries);
    return entries.listing();
  }

  private void fails(String text, String message) {
    fails(InputFormat.CSV, text, message);
  }

  private void jsonFails(String text, String message) {
    fails(InputFormat.JSONL, text, message);
  }

  private void fails(InputFormat format, String text, String message) {
    assertThatThrownBy(() -> read(format, text))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST))
        .hasMessage(message);
  }
}
