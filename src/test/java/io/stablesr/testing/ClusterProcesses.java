package io.stablesr.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Spark standalone master, its workers and, where it is started, an S3 server, each a process of
 * its own on this machine, from the jars on the class path.
 */
public final class ClusterProcesses implements AutoCloseable {
  /** The access key of the S3 server. */
  public static final String ACCESS_KEY = "AKIA0STABLESR0TEST00";

  /** Its secret, with the characters that real ones have. */
  public static final String SECRET_KEY = "hunter2/aB3+cD4eF5/gH6iJ7kL8mN9oP0qR1sT2";

  private final Path folder;
  private final Path sparkHome;
  private final List<Process> spark = new ArrayList<>();
  private final int masterPort;
  private final int storePort;
  private Process store;

  /**
   * Starts a cluster.
   *
   * @param folder for logs, work and objects
   * @param workers number of workers
   * @param cores cores of each worker
   * @param workerProperties Java properties of the workers, such as their resources
   */
  public ClusterProcesses(Path folder, int workers, int cores, List<String> workerProperties)
      throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.sparkHome = sparkHome(folder.resolve("spark-home"));
    this.masterPort = freePort();
    this.storePort = freePort();
    Files.createDirectories(folder.resolve("objects"));
    spark.add(
        start(
            "master",
            List.of("-Xmx512m"),
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(masterPort),
            "--webui-port",
            "0"));
    await(masterPort);
    for (int i = 0; i < workers; i++) {
      List<String> options = new ArrayList<>(List.of("-Xmx512m"));
      options.addAll(workerProperties);
      spark.add(
          start(
              "worker-" + i,
              options,
              "org.apache.spark.deploy.worker.Worker",
              "--host",
              "127.0.0.1",
              "--cores",
              Integer.toString(cores),
              "--memory",
              "2g",
              "--webui-port",
              "0",
              "--work-dir",
              folder.resolve("work-" + i).toString(),
              master()));
    }
  }

  /** Spark's URL of the master. */
  public String master() {
    return "spark://127.0.0.1:" + masterPort;
  }

  /** Where the S3 server listens. */
  public InetSocketAddress store() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), storePort);
  }

  /** Folder in which the S3 server keeps its objects, a folder per bucket. */
  public Path objects() {
    return folder.resolve("objects");
  }

  /** The process home that executors and drivers are started with. */
  public Path sparkHome() {
    return sparkHome;
  }

  /** Starts the S3 server; what it stored before is still there. */
  public void startStore() throws IOException, InterruptedException {
    Path properties = folder.resolve("s3proxy.conf");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + storePort,
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=" + ACCESS_KEY,
            "s3proxy.credential=" + SECRET_KEY,
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + objects(),
            "jclouds.identity=local",
            "jclouds.credential=local"));
    store =
        start(
            "store",
            List.of("-Xmx512m"),
            "org.gaul.s3proxy.Main",
            "--properties",
            properties.toString());
    await(storePort);
  }

  /** Kills the S3 server as a crash would. */
  public void killStore() throws InterruptedException {
    store.destroyForcibly().waitFor();
  }

  /** The executor processes that run now. */
  public List<ProcessHandle> executors() {
    return spark.stream()
        .flatMap(process -> process.toHandle().descendants())
        .filter(
            process ->
                process
                    .info()
                    .arguments()
                    .map(
                        arguments ->
                            Arrays.asList(arguments)
                                .contains("org.apache.spark.executor.CoarseGrainedExecutorBackend"))
                    .orElse(false))
        .toList();
  }

  /** Starts a Java process of this class path; its output goes to {@code name.log}. */
  public Process start(String name, List<String> jvmOptions, String main, String... arguments)
      throws IOException {
    return start(name, Map.of(), jvmOptions, main, arguments);
  }

  /** The same with more in the environment. */
  public Process start(
      String name,
      Map<String, String> environment,
      List<String> jvmOptions,
      String main,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    Path options = Path.of("target/jvm.options");
    if (Files.exists(options)) {
      command.add("@" + options.toAbsolutePath());
    }
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME", sparkHome.toString(),
                "SPARK_SCALA_VERSION", "2.13",
                "SPARK_LOCAL_IP", "127.0.0.1",
                "MALLOC_ARENA_MAX", "2",
                "OMP_WAIT_POLICY", "PASSIVE"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()));
    return builder.start();
  }

  /** Folder whose jars are the class path of this process, as the worker wants it. */
  private static Path sparkHome(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (entry.endsWith(".jar") && Files.exists(path)) {
        Path link = jars.resolve(path.getFileName());
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, path);
        }
      }
    }
    return home;
  }

  /** The folders of classes on the class path: what a cluster gets as the application's jar. */
  public static String classFolders() {
    return Stream.of(System.getProperty("java.class.path").split(":", -1))
        .filter(entry -> !entry.endsWith(".jar"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((a, b) -> a + ":" + b)
        .orElse("");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(int port) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("Nothing listens on port " + port);
  }

  @Override
  public void close() {
    List<Process> all = new ArrayList<>(spark);
    if (store != null) {
      all.add(store);
    }
    all.forEach(
        process -> process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly));
    all.forEach(Process::destroyForcibly);
  }
}
