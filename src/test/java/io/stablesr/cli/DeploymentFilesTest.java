package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.stablesr.FakeEngine;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.UI$;
import org.apache.spark.internal.config.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What can be known of {@code deploy/} and {@code conf/} without a cluster or a builder of images.
 */
class DeploymentFilesTest {
  private static final Pattern ARGUMENT = Pattern.compile("(?m)^ARG (\\w+)=(\\S+)$");

  @ParameterizedTest
  @ValueSource(strings = {"spark-application.yaml", "spark-application-gpu.yaml"})
  void anApplicationHasWhatTheOperatorDemands(String name) throws IOException {
    Map<String, Object> document = yaml("deploy/k8s/" + name).get(0);

    assertThat(document)
        .containsEntry("apiVersion", "sparkoperator.k8s.io/v1beta2")
        .containsEntry("kind", "SparkApplication");
    checkApplication(map(document, "spec"));
  }

  @Test
  void theNightlyRunNeverMeetsItself() throws IOException {
    Map<String, Object> document = yaml("deploy/k8s/scheduled-spark-application.yaml").get(0);

    assertThat(document)
        .containsEntry("apiVersion", "sparkoperator.k8s.io/v1beta2")
        .containsEntry("kind", "ScheduledSparkApplication");
    Map<String, Object> spec = map(document, "spec");
    assertThat(spec).containsEntry("concurrencyPolicy", "Forbid");
    assertThat((String) spec.get("schedule")).matches("(\\S+ ){4}\\S+");
    checkApplication(map(spec, "template"));
  }

  @Test
  void onlyTheVariantForGpusAsksForSome() throws IOException {
    Map<String, Object> executor =
        map(map(yaml("deploy/k8s/spark-application-gpu.yaml").get(0), "spec"), "executor");

    assertThat(map(executor, "gpu"))
        .containsEntry("name", "nvidia.com/gpu")
        .containsEntry("quantity", 1);
    assertThat(Files.readString(Path.of("deploy/k8s/spark-application.yaml")))
        .doesNotContain("nvidia");
  }

  @Test
  void theAccountOfTheDriversIsTheOneThatIsUsed() throws IOException {
    List<Map<String, Object>> documents = yaml("deploy/k8s/service-account.yaml");

    assertThat(documents)
        .extracting(document -> document.get("kind"))
        .containsExactly("Namespace", "ServiceAccount", "Role", "RoleBinding");
    assertThat(map(documents.get(1), "metadata")).containsEntry("name", "stablesr");
    Map<String, Object> pod = yaml("deploy/k8s/pod-template.yaml").get(0);
    assertThat(map(map(pod, "spec"), "securityContext"))
        .containsEntry("runAsNonRoot", true)
        .containsEntry("runAsUser", 185);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile", "Dockerfile.cuda"})
  void anImageIsMadeOfWhatIsThere(String name) throws IOException {
    List<String> instructions = instructions(Path.of("deploy/docker", name));

    assertThat(instructions)
        .allMatch(line -> line.matches("(ARG|FROM|RUN|COPY|ENV|USER|WORKDIR) .+"));
    for (String line : instructions) {
      if (line.startsWith("COPY ") && !line.startsWith("COPY --from=")) {
        List<String> words = List.of(line.split("\\s+"));
        assertThat(words.subList(1, words.size() - 1))
            .allSatisfy(source -> assertThat(Path.of(source)).exists());
      }
      if (line.startsWith("COPY --from=")) {
        String stage = line.replaceFirst("COPY --from=(\\S+) .*", "$1");
        assertThat(instructions).anyMatch(from -> from.matches("FROM \\S+ AS " + stage));
      }
    }
    List<String> users = instructions.stream().filter(line -> line.startsWith("USER ")).toList();
    assertThat(users.get(users.size() - 1)).isEqualTo("USER 185");
    assertThat(String.join("\n", instructions))
        .contains("PYTORCH_VERSION=" + pom("libtorch.version"));
  }

  @Test
  void theVersionsOfTheImageAreThoseOfTheBuild() throws IOException {
    String docker = Files.readString(Path.of("deploy/docker/Dockerfile"));
    Matcher arguments = ARGUMENT.matcher(docker);
    Map<String, String> values = new LinkedHashMap<>();
    while (arguments.find()) {
      values.put(arguments.group(1), arguments.group(2));
    }
    String profile =
        pomText()
            .replaceFirst("(?s).*<id>" + values.get("SPARK_PROFILE") + "</id>", "")
            .replaceFirst("(?s)</profile>.*", "");

    assertThat(profile)
        .contains("<spark.version>%s</spark.version>".formatted(values.get("SPARK_VERSION")));
    for (String name :
        List.of("spark-application", "spark-application-gpu", "scheduled-spark-application")) {
      assertThat(Files.readString(Path.of("deploy/k8s", name + ".yaml")))
          .contains("sparkVersion: " + values.get("SPARK_VERSION"));
    }
    assertThat(Path.of("deploy/docker/Dockerfile.cuda"))
        .content()
        .contains("pytorch:" + pom("libtorch.version") + "-cuda12.8-")
        .contains("PYTORCH_FLAVOR=cu128");
  }

  @Test
  void theDagRunsWhatLiesBesideIt() throws Exception {
    Path dag = Path.of("deploy/airflow/stablesr_nightly.py");
    String text = Files.readString(dag);

    assertThat(text).contains("catchup=False", "max_active_runs=1");
    Matcher file = Pattern.compile("application_file=\"(.+?)\"").matcher(text);
    assertThat(file.find()).isTrue();
    assertThat(Path.of("deploy/k8s", file.group(1))).exists();
    Process python =
        new ProcessBuilder(
                "sh",
                "-c",
                "command -v python3 >/dev/null || exit 100;"
                    + " exec python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "
                    + dag)
            .inheritIO()
            .start();
    int code = python.waitFor();
    assumeThat(code).as("python3 is there").isNotEqualTo(100);
    assertThat(code).isZero();
  }

  @Test
  void theCronLineNamesAScriptAndOptionsThatExist() throws IOException {
    String line =
        Files.readAllLines(Path.of("deploy/cron/stablesr")).stream()
            .filter(text -> text.startsWith("0 "))
            .findFirst()
            .orElseThrow();
    Matcher parts =
        Pattern.compile("(?:\\S+ ){5}stablesr .*/(jobs/\\S+) --master \\S+ -- (.*) >> .*")
            .matcher(line);

    assertThat(parts.matches()).as(line).isTrue();
    assertThat(Path.of(parts.group(1))).isExecutable();
    List<String> arguments = new ArrayList<>(List.of("upscale"));
    arguments.addAll(List.of(parts.group(2).split(" ", -1)));
    assertUnderstood(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark-defaults.conf", "spark-gpu.conf"})
  void sparkKnowsTheProperties(String name) throws IOException {
    // The properties are known when the objects that hold them have been made.
    assertThat(List.of(package$.MODULE$, UI$.MODULE$)).hasSize(2);
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(Path.of("conf/spark", name))) {
      properties.load(reader);
    }
    assertThat(properties).isNotEmpty();
    for (String key : properties.stringPropertyNames()) {
      assertThat(
              key.startsWith("spark.executor.resource.gpu.") || ConfigEntry.findEntry(key) != null)
          .as("Spark knows %s", key)
          .isTrue();
    }
  }

  private static void checkApplication(Map<String, Object> spec) {
    assertThat(spec)
        .containsEntry("type", "Scala")
        .containsEntry("mode", "cluster")
        .containsEntry("mainClass", "io.stablesr.cli.Main")
        .containsEntry("mainApplicationFile", "local:///opt/stablesr/stablesr-spark.jar")
        .containsKeys("image", "sparkVersion", "restartPolicy");
    for (String role : List.of("driver", "executor")) {
      Map<String, Object> pod = map(spec, role);
      assertThat(pod).containsKeys("cores", "memory", "memoryOverhead");
      Map<String, Object> security = map(pod, "securityContext");
      assertThat(security)
          .containsEntry("runAsNonRoot", true)
          .containsEntry("runAsUser", 185)
          .containsEntry("allowPrivilegeEscalation", false)
          .containsEntry("capabilities", Map.of("drop", List.of("ALL")))
          .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    }
    assertThat(map(spec, "sparkConf").values()).allMatch(String.class::isInstance);
    assertUnderstood(
        StreamSupport.stream(((Iterable<?>) spec.get("arguments")).spliterator(), false)
            .map(argument -> ((String) argument).replaceFirst("^/opt/stablesr/", ""))
            .toList());
  }

  /** The command line itself is asked what it makes of these. */
  private static void assertUnderstood(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(arguments);
    all.add("--explain");
    int code = Commands.run(out, err, Path.of("conf"), FakeEngine::new, all.toArray(String[]::new));
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("model.bundle = ");
  }

  private static List<Map<String, Object>> yaml(String file) throws IOException {
    List<Map<String, Object>> documents = new ArrayList<>();
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    for (Object document :
        new Yaml(new SafeConstructor(options)).loadAll(Files.readString(Path.of(file)))) {
      documents.add(asMap(document));
    }
    return documents;
  }

  private static Map<String, Object> map(Map<String, Object> parent, String key) {
    return asMap(parent.get(key));
  }

  private static Map<String, Object> asMap(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, entry) -> map.put((String) key, entry));
    return map;
  }

  /** The instructions of a Dockerfile, each on one line, without comments. */
  private static List<String> instructions(Path file) throws IOException {
    String text = Files.readString(file).replaceAll("(?m)^#.*\\n", "").replace("\\\n", " ");
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static String pom(String property) throws IOException {
    Matcher matcher =
        Pattern.compile("<" + Pattern.quote(property) + ">(.*?)</").matcher(pomText());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static String pomText() throws IOException {
    return Files.readString(Path.of("pom.xml"));
  }
}
