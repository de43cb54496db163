package io.stablesr.bench;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/** Adds up the run times of the tasks that have the networks. */
final class TaskTimes extends SparkListener {
  private final Set<Integer> stages = new HashSet<>();
  private long runMillis;

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    String group = start.properties().getProperty("spark.jobGroup.id", "");
    if (group.startsWith("stablesr-")) {
      CollectionConverters.asJava(start.stageIds()).forEach(stage -> stages.add((Integer) stage));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (stages.contains(end.stageId())) {
      runMillis += end.taskMetrics().executorRunTime();
    }
  }

  synchronized long runMillis() {
    return runMillis;
  }
}
