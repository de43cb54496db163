package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.testing.ClusterProcesses;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Runs real jobs on a cluster of processes, with web page, event log and talkative logs on, and
 * looks for the S3 secret in everything that somebody might read.
 */
@Tag("s3-server")
@ExtendWith(SharedSpark.class)
class SecretsTest {
  private static final Pattern APPLICATION = Pattern.compile("\"id\" *: *\"(app-[^\"]+)\"");
  private static final String REDACTED = "*********(redacted)";
  private static final String IN_PROPERTIES =
      """
      "spark.hadoop.fs.s3a.access.key" = "%s"
      "spark.hadoop.fs.s3a.secret.key" = "%s"
      """;

  private final HttpClient web =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  @TempDir private Path folder;
  private ClusterProcesses cluster;

  @Test
  void nobodyReadsTheSecretOfTheStore() throws IOException, InterruptedException {
    try (ClusterProcesses started =
        new ClusterProcesses(folder.resolve("cluster"), 1, 1, List.of())) {
      cluster = started;
      cluster.startStore();
      fillBucket();
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID",
              ClusterProcesses.ACCESS_KEY,
              "AWS_SECRET_ACCESS_KEY",
              ClusterProcesses.SECRET_KEY);
      Map<String, String> fromEnvironment = texts("environment", environment, "", 0);
      Map<String, String> fromProperties =
          texts(
              "properties",
              Map.of(),
              IN_PROPERTIES.formatted(ClusterProcesses.ACCESS_KEY, ClusterProcesses.SECRET_KEY),
              0);
      Map<String, String> refused =
          texts(
              "refused",
              Map.of(),
              IN_PROPERTIES.formatted(
                  ClusterProcesses.ACCESS_KEY, ClusterProcesses.SECRET_KEY + "x"),
              1);

      for (Map<String, String> found : List.of(fromEnvironment, fromProperties)) {
        assertThat(found.keySet())
            .anyMatch(name -> name.startsWith("events/"))
            .anyMatch(name -> name.endsWith("/environment"))
            .anyMatch(name -> name.startsWith("work-0/") && name.endsWith("stderr"))
            .anyMatch(name -> name.startsWith("rows/"))
            .anyMatch(name -> name.endsWith(".png"));
        assertThat(textOf(found, "events/")).contains("fs.s3a.endpoint").contains(REDACTED);
        assertThat(textOf(found, "web/")).contains("fs.s3a.endpoint");
      }
      assertThat(textOf(fromProperties, "web/"))
          .containsPattern(Pattern.quote("spark.hadoop.fs.s3a.secret.key") + "[^,]*, *.\\*{9}");
      assertThat(refused.get("driver")).contains("cannot be");
      assertSilent(fromEnvironment);
      assertSilent(fromProperties);
      assertSilent(refused);
    }
  }

  private static void assertSilent(Map<String, String> texts) {
    String secret = ClusterProcesses.SECRET_KEY;
    List<String> forms =
        List.of(
            secret,
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            secret.replace("/", "\\/"),
            Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    texts.forEach(
        (name, text) ->
            assertThat(forms.stream().filter(text::contains)).as("secret in %s", name).isEmpty());
  }

  private static String textOf(Map<String, String> texts, String prefix) {
    StringBuilder all = new StringBuilder();
    texts.forEach((name, text) -> all.append(name.startsWith(prefix) ? text : ""));
    return all.toString();
  }

  /** Everything that a job with these settings says, by where it says it. */
  private Map<String, String> texts(
      String name, Map<String, String> environment, String properties, int exitStatus)
      throws IOException, InterruptedException {
    Map<String, String> texts = new TreeMap<>();
    Path events = Files.createDirectory(folder.resolve("events-" + name));
    int uiPort = freePort();
    Path log = Path.of("conf/log4j2-info.properties").toAbsolutePath();
    Process driver =
        cluster.start(
            "driver-" + name,
            environment,
            List.of("-Xmx768m", "-Dai.djl.offline=true", "-Dlog4j2.configurationFile=" + log),
            "io.stablesr.cli.Main",
            "upscale",
            "--debug",
            "--config",
            conf(name, properties, events, uiPort, log).toString(),
            "--input",
            "s3a://photos/in",
            "--output",
            "s3a://photos/" + name,
            "--scale",
            "2",
            "--steps",
            "1",
            "--threads",
            "1");
    Set<String> commandLines = new TreeSet<>();
    while (!driver.waitFor(300, TimeUnit.MILLISECONDS)) {
      pages(uiPort, texts);
      ProcessHandle.allProcesses()
          .forEach(process -> process.info().commandLine().ifPresent(commandLines::add));
    }
    texts.put("command lines", String.join("\n", commandLines));
    texts.put("driver", Files.readString(folder.resolve("cluster/driver-" + name + ".log")));
    assertThat(driver.exitValue()).as(texts.get("driver")).isEqualTo(exitStatus);
    files(events, "events/", texts);
    files(folder.resolve("cluster/work-0"), "work-0/", texts);
    Path results = cluster.objects().resolve("photos").resolve(name);
    files(results, "results/", texts);
    if (exitStatus == 0) {
      List<String> rows =
          SparkSession.active()
              .read()
              .parquet(results.resolve("_rows").toString())
              .toJSON()
              .collectAsList();
      assertThat(rows).hasSize(4);
      texts.put("rows/", String.join("\n", rows));
    }
    return texts;
  }

  /** What Spark shows of a running job: the REST interface and the pages for people. */
  private void pages(int port, Map<String, String> texts) throws InterruptedException {
    String list = page(port, "/api/v1/applications", texts);
    Matcher application = APPLICATION.matcher(list);
    if (!application.find()) {
      return;
    }
    String api = "/api/v1/applications/" + application.group(1);
    for (String path : List.of("/environment", "/executors", "/jobs", "/stages?details=true")) {
      page(port, api + path, texts);
    }
    page(port, api + "/sql?details=true&planDescription=true", texts);
    for (String path : List.of("/environment/", "/executors/", "/jobs/", "/stages/", "/SQL/")) {
      page(port, path, texts);
    }
  }

  private String page(int port, String path, Map<String, String> texts)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      HttpResponse<String> answer = web.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return "";
      }
      texts.merge(
          "web" + path, answer.body(), (old, now) -> now.length() >= old.length() ? now : old);
      return answer.body();
    } catch (IOException e) {
      // Not there yet, or not any more.
      return "";
    }
  }

  private static void files(Path root, String prefix, Map<String, String> texts)
      throws IOException {
    if (!Files.isDirectory(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(
            prefix + root.relativize(file),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
  }

  private Path conf(String name, String properties, Path events, int uiPort, Path log)
      throws IOException {
    return Files.writeString(
        folder.resolve(name + ".conf"),
        """
        stablesr.spark.conf {
          "spark.master" = "%s"
          "spark.driver.host" = "127.0.0.1"
          "spark.ui.enabled" = "true"
          "spark.ui.port" = "%d"
          "spark.eventLog.enabled" = "true"
          "spark.eventLog.compress" = "false"
          "spark.eventLog.dir" = "%s"
          "spark.executor.memory" = "768m"
          "spark.executor.extraClassPath" = "%s"
          "spark.executor.extraJavaOptions" = "-Dlog4j2.configurationFile=%s"
          "spark.hadoop.fs.s3a.endpoint" = "http://127.0.0.1:%d"
          "spark.hadoop.fs.s3a.endpoint.region" = "us-east-1"
          "spark.hadoop.fs.s3a.path.style.access" = "true"
          "spark.hadoop.fs.s3a.connection.ssl.enabled" = "false"
          %s
        }
        """
            .formatted(
                cluster.master(),
                uiPort,
                events.toUri(),
                ClusterProcesses.classFolders(),
                log,
                cluster.store().getPort(),
                properties));
  }

  private void fillBucket() {
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + cluster.store().getPort()))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        ClusterProcesses.ACCESS_KEY, ClusterProcesses.SECRET_KEY)))
            .build()) {
      client.createBucket(request -> request.bucket("photos"));
      for (int i = 0; i < 4; i++) {
        String key = "in/p%d.png".formatted(i);
        client.putObject(
            request -> request.bucket("photos").key(key),
            RequestBody.fromBytes(TestImages.png(12 + i, 12)));
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
