package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.job.CallsAtOnce;
import io.stablesr.job.FlightPlan.Memory;
import io.stablesr.job.RunOptions;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.ModelSettings;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ExecutorMemoryTest {
  private static final long MIB = 1L << 20;
  private static final Config SETTINGS =
      ConfigFactory.parseResources("reference.conf").getConfig("stablesr");
  private static final RunOptions RUN = SettingsReader.run(SETTINGS);

  @Test
  void aClusterSaysWhatItsExecutorsHave() {
    SparkConf conf =
        conf("spark://host:7077")
            .set("spark.executor.memory", "4g")
            .set("spark.executor.memoryOverhead", "3072")
            .set("spark.executor.cores", "8")
            .set("spark.task.cpus", "2");

    assertThat(ExecutorMemory.memory(conf, 100, RUN))
        .isEqualTo(new Memory(4, 4096 * MIB, OptionalLong.of(3072 * MIB)));
  }

  @Test
  void theOverheadIsAShareOfTheHeapUnlessItIsGiven() {
    assertThat(
            ExecutorMemory.memory(conf("yarn").set("spark.executor.memory", "20g"), 1, RUN)
                .nativeBytes())
        .hasValue(2048 * MIB);
    assertThat(ExecutorMemory.memory(conf("yarn"), 1, RUN).nativeBytes()).hasValue(384 * MIB);
  }

  @Test
  void tasksOfAGpuExecutorAreThoseThatShareItsGpus() {
    SparkConf conf =
        conf("yarn")
            .set("spark.executor.cores", "16")
            .set("spark.executor.resource.gpu.amount", "1");

    assertThat(ExecutorMemory.memory(conf, 1, RUN).tasks()).isEqualTo(RUN.tasksPerGpu());
  }

  @Test
  void callsAtOnceAreThoseThatTheThreadsAllow() {
    int cores = Runtime.getRuntime().availableProcessors();
    SparkConf cluster = conf("yarn").set("spark.task.cpus", "4");

    assertThat(ExecutorMemory.calls(cluster, 3, model(0, 64), 100))
        .isEqualTo(new CallsAtOnce(12, 3, 64, 400));
    assertThat(ExecutorMemory.calls(cluster, 3, model(2, 64), 100))
        .isEqualTo(new CallsAtOnce(6, 3, 64, 400));
    assertThat(ExecutorMemory.calls(conf("local[2]"), 2, model(0, 64), 100))
        .isEqualTo(new CallsAtOnce(cores, 1, 64, 400));
    assertThat(ExecutorMemory.calls(conf("local[1]"), 1, model(5, 64), 100))
        .isEqualTo(new CallsAtOnce(5, 1, 64, 400));
    assertThat(ExecutorMemory.calls(cluster, 3, model(2, 0), 100)).isEqualTo(CallsAtOnce.ONE);
  }

  private static ModelSettings model(int threads, double smallCallGflop) {
    return SettingsReader.model(
        ConfigFactory.parseMap(
                Map.of("model.threads", threads, "model.small-call-gflop", smallCallGflop))
            .withFallback(SETTINGS));
  }

  @Test
  void aLocalMasterIsThisProcess() {
    Memory memory = ExecutorMemory.memory(conf("local[3]"), 3, RUN);

    assertThat(memory.tasks()).isEqualTo(3);
    assertThat(memory.heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(memory.nativeBytes()).isPresent();
  }

  private static SparkConf conf(String master) {
    return new SparkConf(/* loadDefaults */ false).set("spark.master", master);
  }
}
