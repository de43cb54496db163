package io.stablesr.cli;

import io.stablesr.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a stage of a training configuration. */
@Command(
    name = "train",
    description = "Runs one stage of a training configuration; continues where it was stopped.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  /** Time that a stopped run has to write its state. */
  private static final int GRACE_SECONDS = 120;

  private final CommandEnvironment environment;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      required = true,
      description = "The training configuration, for example conf/train-mini.conf.")
  private Path config;

  @Option(
      names = {"-s", "--stage"},
      paramLabel = "NAME",
      required = true,
      description = "The stage to run.")
  private String stage;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one key of the configuration; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  TrainCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch ended = new CountDownLatch(1);
    Thread stop = new Thread(() -> stop(stopped, ended), "stablesr-train-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      new TrainingRun(TrainingRun.read(config, overrides), environment.err(), stopped::get)
          .run(stage);
      return 0;
    } finally {
      ended.countDown();
      if (!stopped.get()) {
        Runtime.getRuntime().removeShutdownHook(stop);
      }
    }
  }

  private static void stop(AtomicBoolean stopped, CountDownLatch ended) {
    stopped.set(true);
    try {
      boolean saved = ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
      // libtorch's own cleaning up at an exit crashes when a native call is still running.
      Runtime.getRuntime().halt(saved ? 0 : 143);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
