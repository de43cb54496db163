package io.stablesr.bench;

import io.stablesr.testing.ClusterProcesses;
import io.stablesr.testing.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Disturbs jobs on a real cluster and looks at what is left: a standalone master, two workers and
 * an S3 server as processes of their own. Arguments: folder for everything, rounds, seed, images.
 *
 * <p>Each round runs one job, kills an executor, then the driver, then the S3 server for 20 s, at
 * times drawn from the seed, and starts the job again until it ends; every second round the driver
 * dies while it commits. Afterwards every output must be the same bytes as in an undisturbed run,
 * the rows of the last run must be one DONE row per image, and no more images may have been
 * computed again than were in flight. Then a round with 15 % faults of the store, and one in which
 * the store refuses all reads.
 */
public final class ChaosRun {
  private static final String BUCKET = "photos";
  private static final long LONGEST_JOB_SECONDS = 3600;
  private static final int PARTITIONS = 12;

  /**
   * An executor computes one image and has two behind it, read ahead are not computed: twice when
   * the driver dies, once when an executor dies, once more for what fails while the store is down.
   */
  private static final int MOST_IN_FLIGHT = 12;

  private final ClusterProcesses cluster;
  private final FaultProxy proxy;
  private final Path folder;
  private final int images;
  private final ChaosResults results;
  private int started;

  private ChaosRun(ClusterProcesses cluster, FaultProxy proxy, Path folder, int images) {
    this.cluster = cluster;
    this.proxy = proxy;
    this.folder = folder;
    this.images = images;
    this.results = new ChaosResults(cluster.objects().resolve(BUCKET));
  }

  /** Prints a line per round; exit status 1 when anything is not as it must be. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]).toAbsolutePath();
    int rounds = Integer.parseInt(args[1]);
    long seed = Long.parseLong(args[2]);
    int images = Integer.parseInt(args[3]);
    try (ClusterProcesses cluster = new ClusterProcesses(folder, 2, 1, List.of());
        FaultProxy proxy = new FaultProxy(cluster.store(), seed)) {
      cluster.startStore();
      ChaosRun run = new ChaosRun(cluster, proxy, folder, images);
      PhotoInputs.write(URI.create(proxy.endpoint()), BUCKET, images, seed);
      run.undisturbed();
      for (int round = 0; round < rounds; round++) {
        run.disturbed(round, seed + round);
      }
      run.faults();
      run.outage();
      System.out.println("all rounds as they must be");
    }
  }

  private void undisturbed() throws IOException, InterruptedException {
    long start = System.nanoTime();
    require(end(job("base")) == 0, "The undisturbed job failed.");
    System.out.printf(
        "undisturbed: %d outputs, %d s%n", results.outputs("base").size(), seconds(start));
    require(
        results.outputs("base").size() == images, "The undisturbed job did not make all outputs.");
    check("base");
  }

  private void disturbed(int round, long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    String name = "round-" + round;
    boolean atCommit = round % 2 == 1;
    long start = System.nanoTime();
    Process job = job(name);
    awaitFinished(name, (int) (images * (0.1 + 0.2 * random.nextDouble())), job);
    killExecutor(random);
    String death;
    if (atCommit) {
      death = killAtCommit(name, job, 1 + random.nextInt(PARTITIONS));
    } else {
      awaitFinished(name, (int) (images * (0.4 + 0.2 * random.nextDouble())), job);
      death = "%d of %d outputs".formatted(finished(name), images);
      kill(job);
    }
    require(
        results.committedRuns(name).isEmpty(), "The rows were committed before the driver died.");
    job = job(name);
    if (!atCommit) {
      awaitFinished(name, (int) (images * (0.7 + 0.1 * random.nextDouble())), job);
    }
    cluster.killStore();
    Thread.sleep(20_000);
    cluster.startStore();
    int attempts = 2;
    for (int exit = end(job); exit != 0; exit = end(job)) {
      attempts++;
      require(attempts < 6, "The job does not come to its end.");
      job = job(name);
    }
    long published = proxy.forwarded("PUT", "/" + BUCKET + "/" + name + "/p", ".png");
    // A record is written for every result, also for one that is then found to be there already.
    long computed = proxy.forwarded("PUT", "/" + BUCKET + "/" + name + "/_journal/", ".json");
    System.out.printf(
        "%s seed %d: executor killed, driver killed at %s, store down 20 s; %d submissions, %d images computed, %d again, %d uploads, %d s%n",
        name, seed, death, attempts, images, computed - images, published, seconds(start));
    check(name);
    results.same(name);
    require(
        Math.max(published, computed) <= images + MOST_IN_FLIGHT,
        "%d results and %d uploads of %d images: more than those in flight."
            .formatted(computed, published, images));
  }

  private void killExecutor(Random random) {
    List<ProcessHandle> executors = cluster.executors();
    require(
        executors.get(random.nextInt(executors.size())).destroyForcibly(),
        "The executor could not be killed.");
  }

  private static void kill(Process job) throws InterruptedException {
    require(job.isAlive(), "The driver was to be killed, but it has ended.");
    job.destroyForcibly().waitFor();
  }

  /**
   * Kills the driver before the store hears of the {@code number}-th file of rows being completed.
   * All tasks have then ended, and what completes these files is the job's commit.
   */
  private String killAtCommit(String name, Process job, int number) throws InterruptedException {
    AtomicInteger completed = new AtomicInteger();
    CountDownLatch dead = new CountDownLatch(1);
    proxy.watch(
        request -> {
          if (request.startsWith("POST /" + BUCKET + "/" + name + "/_rows/")
              && request.contains("uploadId=")
              && completed.incrementAndGet() == number) {
            job.destroyForcibly();
            dead.countDown();
          }
        });
    require(dead.await(LONGEST_JOB_SECONDS, TimeUnit.SECONDS), "The job was never committed.");
    job.waitFor();
    proxy.watch(request -> {});
    return "file %d of its commit".formatted(number);
  }

  private void faults() throws IOException, InterruptedException {
    long start = System.nanoTime();
    proxy.share(0.15);
    int submissions = 1;
    while (end(job("faults")) != 0) {
      submissions++;
      require(submissions < 5, "The job does not come to its end.");
    }
    proxy.share(0);
    System.out.printf(
        "15 %% faults: %s, %d submissions, %d s%n", proxy.faults(), submissions, seconds(start));
    check("faults");
    results.same("faults");
  }

  private void outage() throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process job = job("outage");
    awaitFinished("outage", images / 4, job);
    proxy.failReads();
    int exit = end(job);
    require(exit == 1, "The job should have been stopped, but its exit status is " + exit);
    require(lastLog("outage").contains("nothing is marked failed"), "The breaker is not named.");
    require(
        results.committedRuns("outage").isEmpty(),
        "Rows were written although the job was stopped.");
    int before = finished("outage");
    proxy.mendReads();
    require(end(job("outage")) == 0, "The job after the outage failed.");
    System.out.printf(
        "outage of reads: stopped with %d of %d images, then finished, %d s%n",
        before, images, seconds(start));
    check("outage");
    results.same("outage");
  }

  private Process job(String output) throws IOException {
    Path conf = folder.resolve("job.conf");
    Files.writeString(
        conf,
        """
        stablesr.spark.conf {
          "spark.master" = "%s"
          "spark.driver.host" = "127.0.0.1"
          "spark.ui.enabled" = "false"
          "spark.ui.showConsoleProgress" = "false"
          "spark.executor.memory" = "1g"
          "spark.executor.cores" = "1"
          "spark.executor.extraClassPath" = "%s"
          "spark.executorEnv.MALLOC_ARENA_MAX" = "2"
          "spark.hadoop.fs.s3a.endpoint" = "%s"
          "spark.hadoop.fs.s3a.endpoint.region" = "us-east-1"
          "spark.hadoop.fs.s3a.path.style.access" = "true"
          "spark.hadoop.fs.s3a.connection.ssl.enabled" = "false"
          "spark.hadoop.fs.s3a.access.key" = "%s"
          "spark.hadoop.fs.s3a.secret.key" = "%s"
        }
        """
            .formatted(
                cluster.master(),
                ClusterProcesses.classFolders(),
                proxy.endpoint(),
                ClusterProcesses.ACCESS_KEY,
                ClusterProcesses.SECRET_KEY));
    started++;
    return cluster.start(
        "driver-%03d-%s".formatted(started, output),
        List.of("-Xmx1g", "-Dai.djl.offline=true"),
        "io.stablesr.cli.Main",
        "upscale",
        "--input",
        "s3a://" + BUCKET + "/in",
        "--output",
        "s3a://" + BUCKET + "/" + output,
        "--config",
        conf.toString(),
        "--partitions",
        Integer.toString(PARTITIONS),
        "--threads",
        "1");
  }

  private int end(Process job) throws InterruptedException {
    if (!job.waitFor(LONGEST_JOB_SECONDS, TimeUnit.SECONDS)) {
      job.destroyForcibly();
      throw new IllegalStateException("The job hangs; see " + folder);
    }
    return job.exitValue();
  }

  private void awaitFinished(String output, int count, Process job) throws InterruptedException {
    while (finished(output) < count && job.isAlive()) {
      Thread.sleep(50);
    }
  }

  private int finished(String output) {
    return results.outputs(output).size();
  }

  /** One DONE row per image in the rows of the last run. */
  private void check(String output) throws IOException {
    String log = lastLog(output);
    String wanted = "%d images: %d done".formatted(images, images);
    require(
        log.contains(wanted), "The last run of %s does not say '%s'.".formatted(output, wanted));
    RowCheck.oneDoneRowPerImage(results.rows(output), log, images);
  }

  private String lastLog(String output) throws IOException {
    Path log = folder.resolve("driver-%03d-%s.log".formatted(started, output));
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  private static long seconds(long start) {
    return (System.nanoTime() - start) / 1_000_000_000;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
