package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many tasks a process runs, from which it knows how many native calls may run at once. */
class DevicesTest {
  private static final Config SETTINGS =
      ConfigFactory.parseResources("reference.conf").getConfig("stablesr");

  @ParameterizedTest
  @CsvSource({
    "local, , , 1",
    "local[3], , , 3",
    "'local[3,2]', , , 3",
    "'local[3, 2]', , , 3",
    "local[6], , 2, 3",
    "local[1], , 4, 1",
    "spark://host:7077, 8, 2, 4",
    "yarn, 5, , 5",
    "yarn, , , 1",
  })
  void tasksFollowFromCores(String master, String executorCores, String taskCores, int tasks) {
    SparkConf conf = new SparkConf(/* loadDefaults */ false).set("spark.master", master);
    if (executorCores != null) {
      conf.set("spark.executor.cores", executorCores);
    }
    if (taskCores != null) {
      conf.set("spark.task.cpus", taskCores);
    }

    assertThat(Devices.model(SETTINGS, conf).processor().tasks()).isEqualTo(tasks);
  }

  @ParameterizedTest
  @CsvSource({"local[*]", "spark://host:7077"})
  void whereNobodySaysAProcessHasAllProcessors(String master) {
    SparkConf conf = new SparkConf(/* loadDefaults */ false).set("spark.master", master);

    assertThat(Devices.model(SETTINGS, conf).processor().tasks())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}
