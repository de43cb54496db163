package io.stablesr.bench;

import io.stablesr.testing.ClusterProcesses;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Upscales the same photographs on clusters of 1, 2 and 4 executors, with other tile batches and
 * other partitions, and compares pictures and rows. Arguments: folder for everything, small
 * pictures, large pictures, which have several tiles, then names of layouts [all].
 */
public final class LayoutRun {
  /** Columns that tell who computed an image, when and how fast, and where this run wrote it. */
  private static final String[] OF_THE_RUN = {
    "stage_millis",
    "host",
    "executor",
    "attempt",
    "finished_at",
    "computed_run_id",
    "run_id",
    "output_uri"
  };

  /** Columns that follow from the bytes of the picture. */
  private static final String[] OF_THE_BYTES = {"output_bytes", "output_sha256"};

  private record Layout(String name, int executors, List<String> options) {}

  private static final List<Layout> LAYOUTS =
      List.of(
          new Layout("base", 1, List.of()),
          new Layout("executors-2", 2, List.of()),
          new Layout("executors-4", 4, List.of()),
          new Layout("batch-1", 2, List.of("--tile-batch", "1")),
          new Layout("batch-8", 2, List.of("--tile-batch", "8")),
          new Layout("partitions-1", 2, List.of("--partitions", "1")),
          new Layout("partitions-7", 2, List.of("--partitions", "7")),
          new Layout("partitions-32", 2, List.of("--partitions", "32")),
          new Layout("all-at-once", 4, List.of("--tile-batch", "1", "--partitions", "7")));

  private final ClusterProcesses cluster;
  private final Path folder;
  private final SparkSession spark;

  private LayoutRun(ClusterProcesses cluster, Path folder, SparkSession spark) {
    this.cluster = cluster;
    this.folder = folder;
    this.spark = spark;
  }

  /** Prints a line per layout; fails when one differs by more than a level or in its rows. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    Path input = Files.createDirectory(folder.resolve("in"));
    write(input, "small-", Integer.parseInt(args[1]), new PhotoInputs.Sides(24, 48));
    write(input, "large-", Integer.parseInt(args[2]), new PhotoInputs.Sides(165, 210));
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    try (ClusterProcesses cluster = new ClusterProcesses(folder, 4, 1, List.of())) {
      LayoutRun run = new LayoutRun(cluster, folder, spark);
      List<String> chosen = List.of(args).subList(3, args.length);
      for (Layout layout : LAYOUTS) {
        if (chosen.isEmpty() || layout.equals(LAYOUTS.get(0)) || chosen.contains(layout.name())) {
          run.run(layout);
        }
      }
    }
    spark.stop();
    System.out.println("all layouts give the same");
  }

  private static void write(Path input, String prefix, int count, PhotoInputs.Sides sides)
      throws IOException {
    for (Map.Entry<String, byte[]> file : PhotoInputs.photographs(count, sides, 7).entrySet()) {
      Files.write(input.resolve(prefix + file.getKey()), file.getValue());
    }
  }

  private void run(Layout layout) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Stream<String> arguments =
        Stream.of(
            "upscale",
            "--input",
            folder.resolve("in").toString(),
            "--output",
            folder.resolve(layout.name()).toString(),
            "--config",
            conf(layout).toString(),
            "--threads",
            "1");
    Process job =
        cluster.start(
            "driver-" + layout.name(),
            List.of("-Xmx1g", "-Dai.djl.offline=true"),
            "io.stablesr.cli.Main",
            Stream.concat(arguments, layout.options().stream()).toArray(String[]::new));
    require(job.waitFor(2, TimeUnit.HOURS), "The job hangs.");
    require(job.exitValue() == 0, "The job failed; see the log of " + layout.name());
    List<Row> rows = rows(layout.name()).collectAsList();
    long executors = rows.stream().map(row -> row.<String>getAs("executor")).distinct().count();
    int most = rows.stream().mapToInt(row -> row.<Integer>getAs("tiles")).max().orElse(0);
    require(
        layout.options().contains("1") || executors == layout.executors(),
        "%s: only %d executors worked.".formatted(layout.name(), executors));
    compare(layout, executors, most, (System.nanoTime() - start) / 1_000_000_000);
  }

  private void compare(Layout layout, long executors, int mostTiles, long seconds)
      throws IOException {
    Map<String, Path> base = pictures("base");
    Map<String, Path> other = pictures(layout.name());
    require(base.keySet().equals(other.keySet()), "Pictures are missing.");
    int sameBytes = 0;
    int levels = 0;
    for (String name : base.keySet()) {
      boolean same =
          Arrays.equals(Files.readAllBytes(base.get(name)), Files.readAllBytes(other.get(name)));
      sameBytes += same ? 1 : 0;
      levels = same ? levels : Math.max(levels, difference(base.get(name), other.get(name)));
    }
    boolean rowsSame = sameRows(layout.name(), sameBytes == base.size());
    System.out.printf(
        "%s: %d executors worked, up to %d tiles, %d of %d pictures the same bytes, others differ by at most %d levels, rows %s, %d s%n",
        layout.name(),
        executors,
        mostTiles,
        sameBytes,
        base.size(),
        levels,
        rowsSame ? "the same" : "DIFFER",
        seconds);
    require(rowsSame && levels <= 1, layout.name() + " differs from base.");
  }

  private boolean sameRows(String layout, boolean sameBytes) {
    String[] left = sameBytes ? new String[0] : OF_THE_BYTES;
    List<String> base = rows("base").drop(OF_THE_RUN).drop(left).toJSON().collectAsList();
    return base.equals(rows(layout).drop(OF_THE_RUN).drop(left).toJSON().collectAsList());
  }

  private Dataset<Row> rows(String layout) {
    return spark
        .read()
        .parquet(folder.resolve(layout).resolve("_rows").toString())
        .orderBy("image_id");
  }

  private Map<String, Path> pictures(String layout) throws IOException {
    Map<String, Path> pictures = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder.resolve(layout))) {
      files
          .filter(file -> file.toString().endsWith(".png"))
          .forEach(file -> pictures.put(file.getFileName().toString(), file));
    }
    return pictures;
  }

  private static int difference(Path one, Path other) throws IOException {
    BufferedImage a = ImageIO.read(one.toFile());
    BufferedImage b = ImageIO.read(other.toFile());
    int most = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int channel = 0; channel < 3; channel++) {
          most =
              Math.max(
                  most,
                  Math.abs(
                      a.getRaster().getSample(x, y, channel)
                          - b.getRaster().getSample(x, y, channel)));
        }
      }
    }
    return most;
  }

  private Path conf(Layout layout) throws IOException {
    return Files.writeString(
        folder.resolve(layout.name() + ".conf"),
        """
        stablesr {
          job.gflops-per-second = 20
          spark.conf {
            "spark.master" = "%s"
            "spark.driver.host" = "127.0.0.1"
            "spark.ui.enabled" = "false"
            "spark.cores.max" = "%d"
            "spark.executor.cores" = "1"
            "spark.scheduler.minRegisteredResourcesRatio" = "1.0"
            "spark.scheduler.maxRegisteredResourcesWaitingTime" = "300s"
            "spark.executor.memory" = "1g"
            "spark.executor.extraClassPath" = "%s"
            "spark.executorEnv.MALLOC_ARENA_MAX" = "2"
          }
        }
        """
            .formatted(cluster.master(), layout.executors(), ClusterProcesses.classFolders()));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
