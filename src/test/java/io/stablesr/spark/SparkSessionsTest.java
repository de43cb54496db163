package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSessionsTest {
  private static SparkConf conf(SparkConf conf, Map<String, String> environment) {
    SparkSessions.executorEnvironment(conf, environment);
    return conf;
  }

  @Test
  void executorsGetWhatIsSetForThisProcessAndDefaultsForTheRest() {
    SparkConf plain = conf(new SparkConf(false), Map.of());
    assertThat(plain.get("spark.executorEnv.GLIBC_TUNABLES")).isEqualTo("glibc.malloc.hugetlb=1");
    assertThat(plain.get("spark.executorEnv.OMP_WAIT_POLICY")).isEqualTo("PASSIVE");
    assertThat(plain.get("spark.executorEnv.MALLOC_ARENA_MAX")).isEqualTo("2");
    assertThat(plain.contains("spark.executorEnv.GOMP_SPINCOUNT")).isFalse();

    SparkConf own =
        conf(
            new SparkConf(false).set("spark.executorEnv.MALLOC_ARENA_MAX", "7"),
            Map.of(
                "GLIBC_TUNABLES", "glibc.malloc.hugetlb=0",
                "GOMP_SPINCOUNT", "10000",
                "MALLOC_ARENA_MAX", "4",
                "OMP_WAIT_POLICY", " "));
    assertThat(own.get("spark.executorEnv.GLIBC_TUNABLES")).isEqualTo("glibc.malloc.hugetlb=0");
    assertThat(own.get("spark.executorEnv.GOMP_SPINCOUNT")).isEqualTo("10000");
    assertThat(own.get("spark.executorEnv.MALLOC_ARENA_MAX")).isEqualTo("7");
    assertThat(own.get("spark.executorEnv.OMP_WAIT_POLICY")).isEqualTo("PASSIVE");
  }
}
