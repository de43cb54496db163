package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.TestImages;
import io.stablesr.testing.ClusterProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark's GPU scheduling on a standalone cluster whose discovery script reports GPUs that are not
 * there; only what would run on them is replaced.
 */
@ExtendWith(SharedSpark.class)
class GpuAssignmentTest {
  @TempDir private Path folder;

  @Test
  void everyExecutorWorksOnTheGpuThatSparkGaveIt() throws IOException, InterruptedException {
    Path script = folder.resolve("discovery.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Path input = Files.createDirectory(folder.resolve("in"));
    for (int i = 0; i < 24; i++) {
      Files.write(input.resolve("p%02d.png".formatted(i)), TestImages.png(6 + i, 7));
    }
    List<Row> rows;
    try (ClusterProcesses cluster =
        new ClusterProcesses(
            folder.resolve("cluster"),
            1,
            2,
            List.of(
                "-Dspark.worker.resource.gpu.amount=2",
                "-Dspark.worker.resource.gpu.discoveryScript=" + script))) {
      Path conf = conf(cluster.master());
      Process driver =
          cluster.start(
              "driver",
              List.of("-Xmx768m"),
              "io.stablesr.spark.FakeEngineDriver",
              conf.toString(),
              input.toString(),
              folder.resolve("out").toString());
      assertThat(driver.waitFor(240, TimeUnit.SECONDS)).isTrue();
      assertThat(driver.exitValue())
          .as(Files.readString(folder.resolve("cluster/driver.log")))
          .isZero();
      rows =
          SparkSession.active()
              .read()
              .parquet(folder.resolve("out/_rows").toString())
              .collectAsList();
    }

    Map<String, TreeSet<String>> devices = new TreeMap<>();
    for (Row row : rows) {
      devices
          .computeIfAbsent(row.getAs("executor"), executor -> new TreeSet<>())
          .add(row.getAs("device"));
    }
    assertThat(rows).hasSize(24);
    assertThat(devices).as("executors and their devices").hasSize(2);
    assertThat(devices.values()).allSatisfy(device -> assertThat(device).hasSize(1));
    assertThat(devices.values().stream().flatMap(TreeSet::stream))
        .containsExactlyInAnyOrder("cuda:0", "cuda:1");
  }

  private Path conf(String master) throws IOException {
    Path conf = folder.resolve("job.conf");
    Files.writeString(
        conf,
        """
        stablesr {
          sampling.steps = 3
          job.partitions = 12
          job.tasks-per-gpu = 1
          job.gflops-per-second = 10
          spark.conf {
            "spark.master" = "%s"
            "spark.driver.host" = "127.0.0.1"
            "spark.ui.enabled" = "false"
            "spark.executor.memory" = "512m"
            "spark.executor.cores" = "1"
            "spark.executor.resource.gpu.amount" = "1"
            "spark.executor.extraClassPath" = "%s"
          }
        }
        """
            .formatted(master, ClusterProcesses.classFolders()));
    return conf;
  }
}
