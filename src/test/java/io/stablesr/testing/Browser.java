package io.stablesr.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A headless Chromium, driven by chromedriver over the W3C WebDriver protocol. Selenium would do
 * the same with forty more jars on the class path of the tests, beside those of Spark.
 */
public final class Browser implements AutoCloseable {
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final Pattern PORT = Pattern.compile("on port (\\d+)");
  private static final Gson GSON = new Gson();

  private final Process driver;
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI server;
  private String session = "";

  /** A window. */
  public enum Window {
    /** 1280 x 900. */
    DESKTOP,
    /** 390 x 844 at two device pixels per pixel, with touch. */
    PHONE
  }

  private Browser(Process driver, URI server) {
    this.driver = driver;
    this.server = server;
  }

  /** Whether a machine without browser and Jupyter fails the tests that need them. */
  public static boolean isRequired() {
    return "true".equals(System.getenv("CI"))
        && !"true".equals(System.getenv("STABLESR_WITHOUT_BROWSER"));
  }

  /**
   * Starts one. Where there is no chromedriver a test is skipped on a user's machine and fails
   * under {@code CI=true}, unless {@code STABLESR_WITHOUT_BROWSER=true} says that it is known.
   *
   * @param folder for its profile and its downloads
   */
  public static Browser open(Window window, Path folder) throws IOException {
    Optional<Path> driver = chromedriver();
    if (driver.isEmpty() && isRequired()) {
      throw new AssertionError(
          "There is no chromedriver on the PATH and CI=true; install the packages chromium and"
              + " chromium-driver (docs/report.md).");
    }
    assumeTrue(driver.isPresent(), "There is no chromedriver on the PATH");
    Process process =
        new ProcessBuilder(driver.orElseThrow().toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    Browser browser = new Browser(process, URI.create("http://127.0.0.1:" + port(process)));
    try {
      browser.begin(window, folder);
      return browser;
    } catch (RuntimeException | IOException e) {
      browser.close();
      throw e;
    }
  }

  private static Optional<Path> chromedriver() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, "chromedriver"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int port(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      Matcher matcher = PORT.matcher(line);
      if (line.contains("successfully") && matcher.find()) {
        return Integer.parseInt(matcher.group(1));
      }
    }
    throw new IOException("chromedriver did not start: " + said);
  }

  private void begin(Window window, Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,900",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile")));
    JsonObject options = new JsonObject();
    options.add("args", GSON.toJsonTree(arguments));
    options.add("prefs", GSON.toJsonTree(Map.of("download.default_directory", folder.toString())));
    if (window == Window.PHONE) {
      options.add(
          "mobileEmulation",
          JsonParser.parseString(
              "{deviceMetrics: {width: 390, height: 844, pixelRatio: 2, touch: true}}"));
    }
    JsonObject wanted = new JsonObject();
    wanted.add("goog:chromeOptions", options);
    wanted.add("goog:loggingPrefs", JsonParser.parseString("{browser: ALL, performance: ALL}"));
    JsonObject body = new JsonObject();
    body.add("capabilities", GSON.toJsonTree(Map.of("alwaysMatch", wanted)));
    session = send("POST", "/session", body).getAsJsonObject().get("sessionId").getAsString();
  }

  /** Opens a local page. */
  public void show(Path page) {
    command("/url", Map.of("url", page.toUri().toString()));
  }

  /** What a script returns. */
  public JsonElement run(String script) {
    return command("/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** The text that a script returns. */
  public String text(String expression) {
    return run("return String(" + expression + ")").getAsString();
  }

  /** Clicks what a selector finds, as a user would: it must be visible and not be covered. */
  public void click(String selector) {
    command("/element/" + element(selector) + "/click", Map.of());
  }

  /** Types into what a selector finds. */
  public void type(String selector, String text) {
    command("/element/" + element(selector) + "/value", Map.of("text", text));
  }

  private String element(String selector) {
    return command("/element", Map.of("using", "css selector", "value", selector))
        .getAsJsonObject()
        .get(ELEMENT)
        .getAsString();
  }

  /** Presses a key where the focus is; WebDriver has code points for keys without characters. */
  public void press(String... keys) {
    List<Map<String, String>> actions = new ArrayList<>();
    for (String key : keys) {
      actions.add(Map.of("type", "keyDown", "value", key));
    }
    for (String key : keys) {
      actions.add(Map.of("type", "keyUp", "value", key));
    }
    command(
        "/actions",
        Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions))));
  }

  /** Drags from one place of the window to another, with a finger or with a mouse. */
  public void drag(String pointer, int fromX, int fromY, int toX, int toY) {
    List<Map<String, Object>> actions =
        List.of(
            Map.of("type", "pointerMove", "x", fromX, "y", fromY, "duration", 0),
            Map.of("type", "pointerDown", "button", 0),
            Map.of("type", "pointerMove", "x", toX, "y", toY, "duration", 100),
            Map.of("type", "pointerUp", "button", 0));
    command(
        "/actions",
        Map.of(
            "actions",
            List.of(
                Map.of(
                    "type",
                    "pointer",
                    "id",
                    pointer,
                    "parameters",
                    Map.of("pointerType", pointer),
                    "actions",
                    actions))));
  }

  /** Writes what is to be seen as PNG. */
  public void screenshot(Path file) throws IOException {
    String image = send("GET", "/session/" + session + "/screenshot", null).getAsString();
    Files.write(file, Base64.getDecoder().decode(image));
  }

  /** What the console has said since the last call, warnings and errors alike. */
  public List<String> console() {
    List<String> lines = new ArrayList<>();
    for (JsonElement entry : command("/se/log", Map.of("type", "browser")).getAsJsonArray()) {
      lines.add(entry.getAsJsonObject().get("message").getAsString());
    }
    return lines;
  }

  /** Addresses that local pages have asked for since the last call; not those of a new tab. */
  public List<String> requests() {
    List<String> urls = new ArrayList<>();
    for (JsonElement entry : command("/se/log", Map.of("type", "performance")).getAsJsonArray()) {
      JsonObject message =
          JsonParser.parseString(entry.getAsJsonObject().get("message").getAsString())
              .getAsJsonObject()
              .getAsJsonObject("message");
      if (message.get("method").getAsString().equals("Network.requestWillBeSent")) {
        JsonObject sent = message.getAsJsonObject("params");
        if (sent.get("documentURL").getAsString().startsWith("file:")) {
          urls.add(sent.getAsJsonObject("request").get("url").getAsString());
        }
      }
    }
    return urls;
  }

  private JsonElement command(String path, Map<String, ?> body) {
    return send("POST", "/session/" + session + path, GSON.toJsonTree(body).getAsJsonObject());
  }

  private JsonElement send(String method, String path, JsonObject body) {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonElement value = JsonParser.parseString(response.body()).getAsJsonObject().get("value");
      if (response.statusCode() != 200) {
        throw new AssertionError("%s %s: %s".formatted(method, path, value));
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (!session.isEmpty()) {
        send("DELETE", "/session/" + session, null);
      }
    } finally {
      driver.destroy();
    }
  }
}
