package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.testing.ClusterProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a standalone cluster of processes; only the networks are replaced. */
@ExtendWith(SharedSpark.class)
class ClusterTest {
  @TempDir private Path folder;

  /** The discovery script reports GPUs that are not there. */
  @Test
  void everyExecutorWorksOnTheGpuThatSparkGaveIt() throws IOException, InterruptedException {
    Path script = discovery();
    Path input = inputs(24);

    List<Row> rows =
        run(
            input,
            new Layout(1, 2, 1, withGpus(script)),
            Map.of("spark.executor.resource.gpu.amount", "1"),
            0);

    Map<String, Set<String>> devices = devices(rows);
    assertThat(rows).hasSize(24);
    assertThat(devices).as("executors and their devices").hasSize(2);
    assertThat(devices.values()).allSatisfy(device -> assertThat(device).hasSize(1));
    assertThat(devices.values().stream().flatMap(Set::stream))
        .containsExactlyInAnyOrder("cuda:0", "cuda:1");
  }

  @Test
  void tasksOfAnExecutorShareItsGpus() throws IOException, InterruptedException {
    List<Row> rows =
        run(
            inputs(32),
            new Layout(2, 4, 2, withGpus(discovery())),
            Map.of(
                "spark.executor.resource.gpu.amount", "2",
                "spark.executor.cores", "4"),
            0);

    assertThat(rows).hasSize(32);
    assertThat(devices(rows).values())
        .hasSize(2)
        .allSatisfy(device -> assertThat(device).containsExactly("cuda:0", "cuda:1"));
  }

  private static Map<String, Set<String>> devices(List<Row> rows) {
    Map<String, Set<String>> devices = new TreeMap<>();
    for (Row row : rows) {
      devices
          .computeIfAbsent(row.getAs("executor"), executor -> new TreeSet<>())
          .add(row.getAs("device"));
    }
    return devices;
  }

  private Path discovery() throws IOException {
    Path script = folder.resolve("discovery.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private static List<String> withGpus(Path script) {
    return List.of(
        "-Dspark.worker.resource.gpu.amount=2",
        "-Dspark.worker.resource.gpu.discoveryScript=" + script);
  }

  /**
   * @param workers processes
   * @param cores of each
   * @param tasksPerGpu setting of the job
   * @param properties of the workers' JVMs
   */
  private record Layout(int workers, int cores, int tasksPerGpu, List<String> properties) {}

  @Test
  void anImageThatKillsTheProcessBecomesARowAndTheOthersAreDone()
      throws IOException, InterruptedException {
    Path input = inputs(12);
    Files.write(input.resolve("p05-crash.png"), TestImages.png(9, 9));

    List<Row> rows =
        run(input, new Layout(1, 2, 1, List.of()), Map.of("spark.task.maxFailures", "6"), 2);

    assertThat(rows).hasSize(13);
    for (Row row : rows) {
      boolean crash = row.<String>getAs("image_id").contains("crash");
      assertThat(row.<String>getAs("status")).isEqualTo(crash ? "FAILED" : "DONE");
      assertThat(row.<String>getAs("error_code")).isEqualTo(crash ? "NATIVE_CRASH" : null);
    }
  }

  private Path inputs(int count) throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    for (int i = 0; i < count; i++) {
      Files.write(input.resolve("p%02d.png".formatted(i)), TestImages.png(6 + i, 7));
    }
    return input;
  }

  /** The rows of a job in a driver process, which must end with this status. */
  private List<Row> run(Path input, Layout layout, Map<String, String> spark, int exitStatus)
      throws IOException, InterruptedException {
    try (ClusterProcesses cluster =
        new ClusterProcesses(
            folder.resolve("cluster"), layout.workers(), layout.cores(), layout.properties())) {
      Process driver =
          cluster.start(
              "driver",
              List.of("-Xmx768m"),
              "io.stablesr.spark.FakeEngineDriver",
              conf(cluster.master(), layout, spark).toString(),
              input.toString(),
              folder.resolve("out").toString());
      assertThat(driver.waitFor(10, TimeUnit.MINUTES)).isTrue();
      assertThat(driver.exitValue())
          .as(Files.readString(folder.resolve("cluster/driver.log")))
          .isEqualTo(exitStatus);
      return SparkSession.active()
          .read()
          .parquet(folder.resolve("out/_rows").toString())
          .collectAsList();
    }
  }

  private Path conf(String master, Layout layout, Map<String, String> spark) throws IOException {
    StringBuilder properties = new StringBuilder();
    spark.forEach((key, value) -> properties.append("\"%s\" = \"%s\"%n".formatted(key, value)));
    Path conf = folder.resolve("job.conf");
    Files.writeString(
        conf,
        """
        stablesr {
          sampling.steps = 3
          job.partitions = 8
          job.tasks-per-gpu = %d
          job.gflops-per-second = 10
          spark.conf {
            "spark.master" = "%s"
            "spark.driver.host" = "127.0.0.1"
            "spark.ui.enabled" = "false"
            "spark.executor.memory" = "512m"
            "spark.executor.cores" = "1"
            %s
            "spark.executor.extraClassPath" = "%s"
          }
        }
        """
            .formatted(layout.tasksPerGpu(), master, properties, ClusterProcesses.classFolders()));
    return conf;
  }
}
