package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.engine.Precision;
import io.stablesr.network.Architecture;
import io.stablesr.restore.SyntheticModelFolder;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.WorkGeometry;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private FlightBenchmark() {}

  /** Prints a line per way; the first is the base of the ratios. */
  public static void main(String[] args) throws IOException {
    int side = args[4].equals("mixed") ? 0 : Integer.parseInt(args[4]);
    List<UpscaleRequest> pictures =
        FlightRuns.pictures(
            Integer.parseInt(args[1]), side, Integer.parseInt(args[3]), Integer.parseInt(args[5]));
    try (FlightRuns runs =
        new FlightRuns(
            args[0].equals("tiny") ? tiny() : args[0],
            args[6].equals("bf16") ? Precision.BF16 : Precision.FP32,
            Integer.parseInt(args[8]),
            Double.parseDouble(args[9]),
            Integer.parseInt(args[2]),
            pictures)) {
      Map<String, Taken> taken = Turns.measure(runs.ways(), Integer.parseInt(args[7]));
      Taken base = taken.get(FlightRuns.ONE_BY_ONE);
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
