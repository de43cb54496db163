package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code jobs/submit} on a standalone master and a worker that are processes of their own, demand
 * authentication and encrypt, and have nothing of this project on their class path.
 */
class StandaloneSubmitIT {
  private static final String SECRET = "s3cr3t-" + Long.toHexString(System.nanoTime());

  private static final String GCM = "AES/GCM/NoPadding";

  private static final Pattern STARTED =
      Pattern.compile("Starting Spark master at spark://127\\.0\\.0\\.1:(\\d+)\\s");

  @TempDir private Path folder;
  private final List<Process> daemons = new ArrayList<>();

  @AfterEach
  void stop() {
    for (Process daemon : daemons) {
      daemon.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
      daemon.destroyForcibly();
    }
  }

  @Test
  void theThinJarRunsOnAClusterThatKnowsOnlySpark() throws Exception {
    int port = startCluster();
    Path input = Files.createDirectories(folder.resolve("in put"));
    Files.write(input.resolve("a.png"), TestImages.png(12, 10));
    Files.write(input.resolve("b.jpg"), TestImages.jpeg(16, 16));
    Files.write(input.resolve("broken.png"), new byte[] {1, 2, 3});
    Path output = folder.resolve("out");

    Process submit = submit(port, input, output);
    TreeSet<String> leaks = new TreeSet<>();
    while (!submit.waitFor(200, TimeUnit.MILLISECONDS)) {
      ProcessHandle.allProcesses()
          .map(process -> process.info().commandLine().orElse(""))
          .filter(line -> line.contains(SECRET))
          .forEach(leaks::add);
    }

    String log = Files.readString(folder.resolve("submit.log"));
    assertThat(submit.exitValue()).as(log).isEqualTo(2);
    assertThat(log).contains("3 images: 2 done, 1 failed, 0 skipped").doesNotContain(SECRET);
    assertThat(output.resolve("a.png")).isNotEmptyFile();
    assertThat(output.resolve("b.png")).isNotEmptyFile();
    assertThat(leaks).isEmpty();
  }

  private Process submit(int port, Path input, Path output) throws IOException {
    ProcessBuilder submit =
        new ProcessBuilder(
            "jobs/submit",
            "--master",
            "spark://127.0.0.1:" + port,
            "--conf",
            "spark.executor.memory=1g",
            "--conf",
            "spark.executor.cores=1",
            "upscale",
            "--profile",
            "standalone",
            "--input",
            input.toString(),
            "--output",
            output.toString(),
            "--scale",
            "2",
            "--steps",
            "1");
    submit.environment().remove("SPARK_HOME");
    submit.environment().put("SPARK_AUTH_SECRET", SECRET);
    submit.environment().put("SPARK_DRIVER_HOST", "127.0.0.1");
    if (!cipher().equals(GCM)) {
      submit.environment().put("SPARK_RPC_CIPHER", cipher());
    }
    submit.redirectErrorStream(true);
    submit.redirectOutput(folder.resolve("submit.log").toFile());
    Process process = submit.start();
    daemons.add(process);
    return process;
  }

  private int startCluster() throws IOException, InterruptedException {
    Path jars = Files.createDirectories(folder.resolve("spark-home/jars"));
    for (String jar : classPath().split(":", -1)) {
      Path link = jars.resolve(Path.of(jar).getFileName());
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of(jar));
      }
    }
    Path properties = folder.resolve("daemons.conf");
    Files.createFile(
        properties,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        properties,
        List.of(
            "spark.authenticate true",
            // Spark 4.1 has it on, and it knows no authentication.
            "spark.master.rest.enabled false",
            "spark.authenticate.secret " + SECRET,
            "spark.network.crypto.enabled true",
            "spark.network.crypto.authEngineVersion 2",
            "spark.network.crypto.cipher " + cipher()));
    // Port 0: a free port that is looked up first may be somebody else's a moment later.
    daemon("master", "master.Master", "--port", "0", properties);
    int port = masterPort();
    daemon("worker", "worker.Worker", "--memory", "2g", properties, "spark://127.0.0.1:" + port);
    return port;
  }

  private void daemon(String name, String main, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("@" + Path.of("target/jvm.options").toAbsolutePath());
    command.addAll(List.of("-Xmx300m", "-cp", classPath(), "org.apache.spark.deploy." + main));
    command.addAll(List.of("--host", "127.0.0.1", "--webui-port", "0", arguments[0].toString()));
    command.addAll(List.of(arguments[1].toString(), "--properties-file", arguments[2].toString()));
    if (arguments.length > 3) {
      command.addAll(List.of("--cores", "1", "--work-dir", folder.resolve("work").toString()));
      command.add(arguments[3].toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                folder.resolve("spark-home").toString(),
                "SPARK_SCALA_VERSION",
                "2.13"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve(name + ".log").toFile());
    daemons.add(builder.start());
  }

  /** With GCM, messages never arrive in Spark 4.1.2 (SPARK-56227). */
  private static String cipher() throws IOException {
    return classPath().contains("/spark-core_2.13-4.1.") ? "AES/CTR/NoPadding" : GCM;
  }

  private static String classPath() throws IOException {
    return Files.readString(Path.of("target/dist/classpath-spark.txt")).strip();
  }

  private int masterPort() throws IOException, InterruptedException {
    Path log = folder.resolve("master.log");
    for (int i = 0; i < 1_200; i++) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("The master did not start:\n" + Files.readString(log));
  }
}
