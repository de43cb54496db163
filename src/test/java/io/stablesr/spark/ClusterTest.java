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
    Path script = folder.resolve("discovery.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Path input = inputs(24);

    List<Row> rows =
        run(
            input,
            List.of(
                "-Dspark.worker.resource.gpu.amount=2",
                "-Dspark.worker.resource.gpu.discoveryScript=" + script),
            "\"spark.executor.resource.gpu.amount\" = \"1\"",
            0);

    Map<String, Set<String>> devices = new TreeMap<>();
    for (Row row : rows) {
      devices
          .computeIfAbsent(row.getAs("executor"), executor -> new TreeSet<>())
          .add(row.getAs("device"));
    }
    assertThat(rows).hasSize(24);
    assertThat(devices).as("executors and their devices").hasSize(2);
    assertThat(devices.values()).allSatisfy(device -> assertThat(device).hasSize(1));
    assertThat(devices.values().stream().flatMap(Set::stream))
        .containsExactlyInAnyOrder("cuda:0", "cuda:1");
  }

  @Test
  void anImageThatKillsTheProcessBecomesARowAndTheOthersAreDone()
      throws IOException, InterruptedException {
    Path input = inputs(12);
    Files.write(input.resolve("p05-crash.png"), TestImages.png(9, 9));

    List<Row> rows = run(input, List.of(), "\"spark.task.maxFailures\" = \"6\"", 2);

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
  private List<Row> run(
      Path input, List<String> workerProperties, String sparkProperty, int exitStatus)
      throws IOException, InterruptedException {
    try (ClusterProcesses cluster =
        new ClusterProcesses(folder.resolve("cluster"), 1, 2, workerProperties)) {
      Process driver =
          cluster.start(
              "driver",
              List.of("-Xmx768m"),
              "io.stablesr.spark.FakeEngineDriver",
              conf(cluster.master(), sparkProperty).toString(),
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

  private Path conf(String master, String sparkProperty) throws IOException {
    Path conf = folder.resolve("job.conf");
    Files.writeString(
        conf,
        """
        stablesr {
          sampling.steps = 3
          job.partitions = 6
          job.tasks-per-gpu = 1
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
            .formatted(master, sparkProperty, ClusterProcesses.classFolders()));
    return conf;
  }
}
