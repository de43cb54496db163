package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** Runs {@code jobs/submit} in a copy of the checkout's outline and gives Spark what it makes. */
class SubmitTest {
  private static final String NATIVE = "pytorch-native-cpu-2.7.1-linux-x86_64.jar";

  @TempDir private Path folder;
  private Path home;
  private Path sparkHome;

  @BeforeEach
  void checkout() throws IOException {
    home = folder.toRealPath().resolve("check out");
    for (String name : List.of("jobs", "src/main", "target/dist", "conf/spark")) {
      Files.createDirectories(home.resolve(name));
    }
    for (String name : List.of("jobs/submit", "jobs/nightly", "conf/spark/spark-defaults.conf")) {
      Files.copy(Path.of(name), home.resolve(name));
    }
    for (String name : List.of("jobs/submit", "jobs/nightly")) {
      assertThat(home.resolve(name).toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(home.resolve("pom.xml"), "");
    Files.writeString(home.resolve("target/jvm.options"), "-Da=b\n-Dc=d\n");
    Files.writeString(home.resolve("target/dist/classpath-spark.txt"), "/m2/spark-core.jar");
    Files.writeString(home.resolve("target/dist/" + NATIVE), "");
    Files.writeString(home.resolve("target/dist/stablesr-spark.jar"), "");
    Shell.script(home.resolve("mvnw"), "echo \"maven $*\"; : > target/dist/stablesr-spark.jar");
    sparkHome = folder.toRealPath().resolve("spark");
    Shell.script(sparkHome.resolve("bin/spark-submit"), "printf '%s\\n' \"$@\"");
  }

  @Test
  void aStandaloneClusterIsGivenTheJarAndTheNativeLibrary() throws Exception {
    List<String> given =
        submitted(
            Map.of(),
            "--master",
            "spark://h:7077",
            "--conf",
            "spark.executor.cores=3",
            "upscale",
            "--profile",
            "standalone",
            "--input",
            "a b");

    SparkSubmitArguments parsed = parse(given);
    assertThat(parsed.master()).isEqualTo("spark://h:7077");
    assertThat(parsed.primaryResource()).isEqualTo(uri("target/dist/stablesr-spark.jar"));
    assertThat(parsed.jars()).isEqualTo(uri("target/dist/" + NATIVE));
    assertThat(CollectionConverters.asJava(parsed.childArgs()))
        .containsExactly("upscale", "--profile", "standalone", "--input", "a b");
    Map<String, String> properties = CollectionConverters.asJava(parsed.sparkProperties());
    assertThat(properties)
        .containsEntry("spark.executor.cores", "3")
        .containsEntry("spark.executorEnv.MALLOC_ARENA_MAX", "2")
        .containsEntry("spark.executorEnv.GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
        .containsEntry("spark.executor.memoryOverhead", "4g")
        .containsEntry("spark.executor.extraJavaOptions", "-Da=b -Dc=d ");
    assertThat(properties.get("spark.driver.extraJavaOptions"))
        .isEqualTo("-Da=b -Dc=d \"-Dstablesr.home=%s\" ".formatted(home));
  }

  @Test
  void whatIsSetForNativeMemoryAndThreadsCountsOnExecutorsOfEveryKind() throws Exception {
    for (String master : List.of("spark://h:7077", "k8s://https://h:6443")) {
      List<String> given =
          submitted(
              Map.of(
                  "GOMP_SPINCOUNT", "10000",
                  "OMP_WAIT_POLICY", "ACTIVE",
                  "GLIBC_TUNABLES", "glibc.malloc.hugetlb=0"),
              "--master",
              master,
              "upscale");
      assertThat(CollectionConverters.asJava(parse(given).sparkProperties()))
          .containsEntry("spark.executorEnv.GOMP_SPINCOUNT", "10000")
          .containsEntry("spark.executorEnv.OMP_WAIT_POLICY", "ACTIVE")
          .containsEntry("spark.executorEnv.GLIBC_TUNABLES", "glibc.malloc.hugetlb=0");
    }
    assertThat(
            CollectionConverters.asJava(
                parse(submitted(Map.of(), "--master", "spark://h:7077", "upscale"))
                    .sparkProperties()))
        .doesNotContainKey("spark.executorEnv.GOMP_SPINCOUNT");
  }

  @Test
  void kubernetesIsToldWhatTheImageHolds() throws Exception {
    List<String> given =
        submitted(
            Map.of("STABLESR_IMAGE", "r/stablesr:cpu"),
            "--master",
            "k8s://https://h:6443",
            "upscale");

    SparkSubmitArguments parsed = parse(given);
    assertThat(parsed.primaryResource()).isEqualTo("local:///opt/stablesr/stablesr-spark.jar");
    assertThat(parsed.jars()).isNull();
    assertThat(CollectionConverters.asJava(parsed.sparkProperties()))
        .containsEntry("spark.kubernetes.container.image", "r/stablesr:cpu");
    assertThat(given).containsSequence("--deploy-mode", "cluster");
  }

  @Test
  void onYarnTheDriverTakesItsProfilesAndSettingsAlong() throws Exception {
    Path own = Files.writeString(folder.resolve("own.conf"), "stablesr {}");

    List<String> given =
        submitted(
            Map.of(),
            "--master=yarn",
            "--deploy-mode",
            "cluster",
            "upscale",
            "--config",
            own.toString());

    assertThat(given)
        .containsSequence("--archives", home.resolve("target/dist/conf.zip") + "#conf")
        .containsSequence("--files", own.toString())
        .endsWith("upscale", "--config", "own.conf");
    assertThat(home.resolve("target/dist/conf.zip")).isNotEmptyFile();
    assertThat(parse(given).master()).isEqualTo("yarn");
  }

  @Test
  void withoutADistributionSparkIsTakenFromMavenAndNothingIsStarted() throws Exception {
    Shell.Outcome outcome =
        run(Map.of(), "--dry-run", "--driver-memory", "3g", "upscale", "--output", "x y");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains(" -Xmx3g ")
        .contains(
            " -cp /m2/spark-core.jar org.apache.spark.deploy.SparkSubmit --master local\\[\\*\\] ")
        .endsWith("stablesr-spark.jar upscale --output x\\ y \n");
  }

  @Test
  void whatIsOlderThanTheSourcesIsBuiltFirst() throws Exception {
    Files.delete(home.resolve("target/dist/stablesr-spark.jar"));

    Shell.Outcome outcome = run(Map.of(), "--dry-run", "upscale");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err())
        .contains("submit: building")
        .contains("maven -q -B -ntp -DskipTests pre-integration-test");
  }

  @Test
  void aLibtorchOfTheNodesReplacesTheNativeLibrary() throws Exception {
    List<String> given =
        submitted(
            Map.of(
                "PYTORCH_LIBRARY_PATH", "/opt/torch/lib",
                "PYTORCH_FLAVOR", "cu128",
                "LD_LIBRARY_PATH", "/opt/nvidia/lib"),
            "--master",
            "spark://h:7077",
            "upscale");

    assertThat(given)
        .contains("spark.executorEnv.PYTORCH_LIBRARY_PATH=/opt/torch/lib")
        .contains("spark.executorEnv.PYTORCH_FLAVOR=cu128")
        .contains("spark.executorEnv.LD_LIBRARY_PATH=/opt/nvidia/lib")
        .doesNotContain("--jars");
  }

  @Test
  void mistakesAreOneSentence() throws Exception {
    assertError(
        "--master is 'mesos'; it must be local[N], spark://HOST:PORT, yarn or k8s://URL.",
        "--master",
        "mesos",
        "upscale");
    assertError(
        "yarn needs the Spark distribution of the cluster; set SPARK_HOME to it.",
        "--master",
        "yarn",
        "upscale");
    assertError("--conf 'x' is not of the form KEY=VALUE.", "--conf", "x", "upscale");
    assertError("--name needs a value.", "--name");
    assertError(
        "--deploy-mode is 'both'; it must be client or cluster.",
        "--deploy-mode",
        "both",
        "upscale");
    Shell.Outcome outcome = run(Map.of("SPARK_HOME", "/nowhere"), "upscale");
    assertThat(outcome.err())
        .isEqualTo(
            "submit: SPARK_HOME is /nowhere, which has no bin/spark-submit; set it to a Spark"
                + " distribution or unset it.\n");
  }

  @Test
  void secretsOnTheCommandLineAreRefused() throws Exception {
    for (String key :
        List.of(
            "spark.authenticate.secret",
            "spark.hadoop.fs.s3a.secret.key",
            "spark.hadoop.fs.s3a.bucket.photos.access.key",
            "spark.ssl.keyStorePassword",
            "spark.executorEnv.AWS_SESSION_TOKEN")) {
      String sentence =
          key
              + " on the command line could be read by everybody on this machine; see"
              + " docs/deployment.md, Secrets.";
      assertError(sentence, "--conf", key + "=x", "upscale");
      assertError(sentence, "upscale", "--conf", key + "=x");
      assertError(sentence, "upscale", "--conf=" + key + "=x");
    }
    assertThat(
            run(
                    Map.of(),
                    "--dry-run",
                    "--conf",
                    "spark.kubernetes.driver.secretKeyRef.AWS_SECRET_ACCESS_KEY=s3:key",
                    "--conf",
                    "spark.hadoop.fs.s3a.aws.credentials.provider=x.Y",
                    "upscale")
                .code())
        .isZero();
  }

  @Test
  void theNightlyRunWaitsForNobody() throws Exception {
    Path lock = folder.resolve("lock");
    Map<String, String> environment =
        Map.of("STABLESR_LOCK", lock.toString(), "SPARK_HOME", sparkHome.toString());
    List<String> command =
        List.of(
            home.resolve("jobs/nightly").toString(),
            "--master",
            "spark://h:7077",
            "--",
            "--profile",
            "standalone");
    Shell shell = new Shell(folder);

    Shell.Outcome first = shell.run(environment, command);
    Shell.Outcome second =
        shell.run(
            environment,
            List.of(
                "flock",
                lock.toString(),
                home.resolve("jobs/nightly").toString(),
                "--master",
                "x"));

    assertThat(first.out().lines())
        .endsWith(
            "upscale",
            "--config",
            home.resolve("jobs/nightly.conf").toString(),
            "--profile",
            "standalone");
    assertThat(second.code()).isZero();
    assertThat(second.err()).contains("The last run is still at work");
    assertThat(second.out()).isEmpty();
  }

  private String uri(String file) {
    return "file:" + home.resolve(file).toUri().getRawPath();
  }

  private void assertError(String sentence, String... arguments) throws Exception {
    Shell.Outcome outcome = run(Map.of(), arguments);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("submit: " + sentence + "\n");
    assertThat(outcome.out()).isEmpty();
  }

  /** The arguments that spark-submit is started with. */
  private List<String> submitted(Map<String, String> environment, String... arguments)
      throws Exception {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("SPARK_HOME", sparkHome.toString());
    Shell.Outcome outcome = run(all, arguments);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return outcome.out().lines().toList();
  }

  private Shell.Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("jobs/submit").toString()));
    command.addAll(List.of(arguments));
    return new Shell(folder).run(environment, command);
  }

  /** Spark's own reading of its command line; it throws for what it does not know. */
  private static SparkSubmitArguments parse(List<String> arguments) {
    return new SparkSubmitArguments(
        CollectionConverters.asScala(arguments).toSeq(),
        scala.collection.immutable.Map.from(
            CollectionConverters.asScala(Map.of("HADOOP_CONF_DIR", "/etc/hadoop"))));
  }
}
