package io.stablesr.bench;

import com.sun.management.OperatingSystemMXBean;
import io.stablesr.core.FloatTensor;
import io.stablesr.job.ImageCodec;
import io.stablesr.job.JobSummary;
import io.stablesr.job.ProgressConsole;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactories;
import io.stablesr.restore.UpscalerFactory;
import io.stablesr.spark.UpscaleRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a job costs beyond the networks: the same pictures through the engine alone, decoded in
 * memory before, and as a job on {@code local[2]}, in turn. Arguments: folder for everything,
 * pictures, rounds, least and most pixels of a side, threads of libtorch.
 *
 * <p>Both bring pictures in two threads; the networks work on one picture at a time. Wall times
 * depend on what else the machine does; processor time of this process hardly does.
 */
public final class OverheadBenchmark {
  private static final int TASKS = 2;

  private record Time(double wallSeconds, double processorSeconds) {}

  private final UpscalerFactory factory = UpscalerFactories.find();
  private final Settings settings;
  private final Path folder;
  private final Map<String, FloatTensor> pictures = new TreeMap<>();
  private int jobs;

  private OverheadBenchmark(Path folder, String threads) {
    this.folder = folder;
    this.settings =
        Settings.of(
            SettingKeys.reference(),
            List.of(
                SettingsLayer.ofCommandLine(
                    Map.of("model.threads", threads, "spark.master", "local[2]"))),
            bundle -> factory.describe(bundle).defaults());
  }

  /** Prints a line per round and the medians. */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    OverheadBenchmark benchmark = new OverheadBenchmark(folder, args[5]);
    int count = Integer.parseInt(args[1]);
    benchmark.write(
        count, new PhotoInputs.Sides(Integer.parseInt(args[3]), Integer.parseInt(args[4])));
    benchmark.compare(count, Integer.parseInt(args[2]));
  }

  private void write(int count, PhotoInputs.Sides sides) throws IOException {
    ImageCodec codec = new ImageCodec(SettingsReader.job(settings.values()));
    Path input = Files.createDirectory(folder.resolve("in"));
    Path few = Files.createDirectory(folder.resolve("few"));
    for (Map.Entry<String, byte[]> file : PhotoInputs.photographs(count, sides, 7).entrySet()) {
      Files.write(input.resolve(file.getKey()), file.getValue());
      if (pictures.size() < 2 * TASKS) {
        Files.write(few.resolve(file.getKey()), file.getValue());
      }
      pictures.put(file.getKey(), codec.decode(file.getKey(), file.getValue()).bledRgb());
    }
  }

  private void compare(int count, int rounds)
      throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate();
    double session = seconds(start);
    TaskTimes tasks = new TaskTimes();
    SparkSession.active().sparkContext().addSparkListener(tasks);
    start = System.nanoTime();
    job("few");
    System.out.printf(
        "start: session %.1f s, first job over %d pictures with loading the model %.1f s%n",
        session, 2 * TASKS, seconds(start));
    List<Time> alone = new ArrayList<>();
    List<Time> asJob = new ArrayList<>();
    List<Double> idle = new ArrayList<>();
    try (Upscaler model = factory.open(SettingsReader.model(settings.values()))) {
      engine(model, 2 * TASKS);
      for (int round = 0; round < rounds; round++) {
        alone.add(timed(() -> engine(model, count)));
        long before = tasks.runMillis();
        JobSummary[] summary = new JobSummary[1];
        asJob.add(timed(() -> summary[0] = job("in")));
        double run = tasks.runMillis() - before;
        idle.add(1 - networkMillis(summary[0]) / run);
        print("round " + round, alone.get(round), asJob.get(round), idle.get(round));
      }
    }
    print("medians", median(alone), median(asJob), median(idle.stream().mapToDouble(d -> d)));
    double wholeCommand = session + median(asJob).wallSeconds();
    System.out.printf(
        "with the start of the session: %+.1f %%%n",
        100 * (wholeCommand / median(alone).wallSeconds() - 1));
  }

  private static void print(String what, Time alone, Time asJob, double idle) {
    System.out.printf(
        "%s: engine %.1f s (processor %.1f s), job %.1f s (processor %.1f s): wall %+.1f %%, processor %+.1f %%; networks wait %.1f %% of the tasks' time%n",
        what,
        alone.wallSeconds(),
        alone.processorSeconds(),
        asJob.wallSeconds(),
        asJob.processorSeconds(),
        100 * (asJob.wallSeconds() / alone.wallSeconds() - 1),
        100 * (asJob.processorSeconds() / alone.processorSeconds() - 1),
        100 * idle);
  }

  private interface Work {
    void run() throws IOException, InterruptedException, ExecutionException;
  }

  private static Time timed(Work work)
      throws IOException, InterruptedException, ExecutionException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long processor = system.getProcessCpuTime();
    long start = System.nanoTime();
    work.run();
    return new Time(seconds(start), (system.getProcessCpuTime() - processor) / 1e9);
  }

  private void engine(Upscaler model, int count) throws InterruptedException, ExecutionException {
    UpscaleOptions options = SettingsReader.upscale(settings.values());
    List<Map.Entry<String, FloatTensor>> todo = pictures.entrySet().stream().limit(count).toList();
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(TASKS);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        ends.add(
            threads.submit(
                () -> {
                  for (int at = next.getAndIncrement(); at < count; at = next.getAndIncrement()) {
                    model.upscale(
                        new UpscaleRequest(todo.get(at).getKey(), todo.get(at).getValue(), options),
                        UpscaleListener.NONE);
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private JobSummary job(String input) {
    jobs++;
    JobSummary summary =
        new UpscaleRunner(factory, Clock.systemUTC())
            .run(
                settings,
                folder.resolve(input).toString(),
                folder.resolve("out-" + jobs).toString(),
                new ProgressConsole(
                    new PrintWriter(Writer.nullWriter()), ProgressConsole.Kind.PLAIN, 10));
    if (summary.exitCode() != 0) {
      throw new IllegalStateException(summary.text());
    }
    return summary;
  }

  /** Milliseconds that the tasks spent in the engine. */
  private static double networkMillis(JobSummary summary) {
    List<String> stages = List.of("resize", "vae-encode", "sample", "vae-decode", "color-fix");
    double sum = 0;
    for (Row row : SparkSession.active().read().parquet(summary.rowsUri()).collectAsList()) {
      Map<String, Long> millis = row.getJavaMap(row.fieldIndex("stage_millis"));
      sum += stages.stream().mapToLong(stage -> millis.getOrDefault(stage, 0L)).sum();
    }
    return sum;
  }

  private static Time median(List<Time> times) {
    return new Time(
        median(times.stream().mapToDouble(Time::wallSeconds)),
        median(times.stream().mapToDouble(Time::processorSeconds)));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.toArray();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
