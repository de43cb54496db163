package io.stablesr.report;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * One HTML file with its style, data and script in it. Its policy lets no other script run and
 * nothing be loaded but pictures beside it, whatever a name in its data might hold.
 */
final class Page {
  private Page() {}

  /**
   * The file.
   *
   * @param title as plain text
   * @param body HTML
   * @param json from {@link PageData}
   * @param script name of the resource of the page's own script
   */
  static String html(String title, String body, String json, String script) {
    String code = resource("common.js") + resource(script);
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <link rel="icon" href="data:,">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        %s
        <script type="application/json" id="data">%s</script>
        <script>%s</script>
        </body>
        </html>
        """
        .formatted(
            sha256(code),
            Html.text(title),
            resource("report.css") + resource("charts.css"),
            body,
            json,
            code);
  }

  /** A text that is part of the program. */
  static String resource(String name) {
    try (InputStream stream = Page.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new StableSrException(
            ErrorCode.INTERNAL, "The resource %s is not in the jar.".formatted(name));
      }
      // Browsers take line ends as line feeds before they compare digests.
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INTERNAL, "The resource %s cannot be read.".formatted(name), e);
    }
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
