package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.network.Architecture;
import io.stablesr.restore.SyntheticModelFolder;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.WorkGeometry;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Upscales pictures one at a time and several at a time, in turn, and prints the seconds that
 * passed and the processor seconds, medians per picture. Arguments: bundle ({@code tiny}: a
 * synthetic one of narrow widths with tiles of 64 latents), pictures, images in flight, tile batch,
 * {@code mixed} (sides of 24 to 96 pixels) or the side of all pictures, steps, {@code fp32} or
 * {@code bf16}, rounds, threads, GFLOP of a small call.
 */
public final class FlightBenchmark {
  private static final String BASE = "one at a time, calls with all threads";

  private FlightBenchmark() {}

  /** Prints a line per way; the first is the base of the ratios. */
  public static void main(String[] args) throws IOException {
    int side = args[4].equals("mixed") ? 0 : Integer.parseInt(args[4]);
    List<UpscaleRequest> pictures =
        FlightRuns.pictures(
            Integer.parseInt(args[1]), side, Integer.parseInt(args[3]), Integer.parseInt(args[5]));
    int inFlight = Integer.parseInt(args[2]);
    int threads = Integer.parseInt(args[8]);
    ProcessorUse turns = ProcessorUse.turns(threads);
    ProcessorUse bySize = new ProcessorUse(threads, 1, Double.parseDouble(args[9]));
    try (FlightRuns runs =
        new FlightRuns(
            args[0].equals("tiny") ? tiny() : args[0],
            args[6].equals("bf16") ? Precision.BF16 : Precision.FP32,
            pictures)) {
      Map<String, Runnable> ways = new LinkedHashMap<>();
      ways.put(BASE, runs.way(TileSharing.WITHIN_IMAGE, turns, 1));
      ways.put("one at a time, threads by size", runs.way(TileSharing.WITHIN_IMAGE, bySize, 1));
      ways.put(
          "a picture per thread, threads by size",
          runs.way(TileSharing.WITHIN_IMAGE, bySize, threads));
      ways.put(
          inFlight + " in flight, shared calls with all threads",
          runs.way(TileSharing.ACROSS_IMAGES, turns, inFlight));
      ways.put(
          inFlight + " in flight, shared calls, threads by size",
          runs.way(TileSharing.ACROSS_IMAGES, bySize, inFlight));
      Map<String, Taken> taken = Turns.measure(ways, Integer.parseInt(args[7]));
      Taken base = taken.get(BASE);
      taken.forEach(
          (way, times) ->
              System.out.printf(
                  "%-52s %.3f s %.3f processor s, ratio of seconds %.2f%n",
                  way,
                  times.seconds() / pictures.size(),
                  times.processorSeconds() / pictures.size(),
                  base.seconds() / times.seconds()));
    }
  }

  private static String tiny() throws IOException {
    Path folder = Files.createTempDirectory("tiny").resolve("bundle");
    Architecture tiny = TinyModel.ARCHITECTURE;
    SyntheticModelFolder.write(
        folder,
        new Architecture(
            tiny.unet(), tiny.conditionEncoder(), tiny.autoencoder(), Optional.empty()),
        64,
        new WorkGeometry(512, 0, 32));
    return folder.toString();
  }
}
