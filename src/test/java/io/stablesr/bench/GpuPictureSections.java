package io.stablesr.bench;

import io.stablesr.core.StableSrException;
import io.stablesr.engine.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/** The sections of {@link GpuBenchmark} that restore pictures. */
record GpuPictureSections(ComputeDevice device) {
  /** One picture of 512x512 with many and with few steps. */
  void pictures(String bundle) {
    DeviceRows.say("| picture 128x128 to 512x512 | precision | s | stages in ms |");
    DeviceRows.say("|---|---|---|---|");
    String most = System.getProperty("bench.steps", "200");
    Map<String, String> few =
        Map.of("sampling.sampler", "ddim", "sampling.spacing", "trailing", "sampling.steps", "4");
    Map<String, String> many =
        Map.of("sampling.sampler", "ddpm", "sampling.spacing", "linspace", "sampling.steps", most);
    for (String dtype : dtypes()) {
      try (DevicePictures pictures =
          new DevicePictures(
              Map.of(
                  "model.bundle",
                  bundle,
                  "model.dtype",
                  dtype,
                  "model.replay",
                  System.getProperty("bench.replay", "where-possible"),
                  "model.device",
                  device.toString()))) {
        picture(pictures, "first, with compiling, 4 steps", dtype, few);
        picture(pictures, most + " steps of DDPM", dtype, many);
        picture(pictures, most + " steps of DDPM", dtype, many);
        picture(pictures, "4 steps of DDIM", dtype, few);
      } catch (IOException | StableSrException e) {
        DeviceRows.say("| %s | %s | %s | |", Path.of(bundle).getFileName(), dtype, e.getMessage());
      }
    }
  }

  private static void picture(
      DevicePictures pictures, String what, String dtype, Map<String, String> sampling) {
    long start = System.nanoTime();
    String stages;
    try {
      stages = new TreeMap<>(pictures.upscale(sampling).stageMillis()).toString();
    } catch (StableSrException e) {
      // Synthetic weights may give numbers that fp16 cannot hold; that took its time all the same.
      stages = e.getMessage();
    }
    DeviceRows.say(
        "| %s | %s | %.3f | %s |", what, dtype, (System.nanoTime() - start) / 1e9, stages);
  }

  /** Many small files with the embedded model. */
  void folder() throws IOException, InterruptedException, ExecutionException {
    int files = Integer.getInteger("bench.files", 64);
    int most = Integer.getInteger("bench.threads", 8);
    Path input = Files.createTempDirectory("bench-in");
    Path output = Files.createTempDirectory("bench-out");
    DevicePictures.write(input, files);
    DeviceRows.say(
        "| %d files of 128x128 to 512x512, 4 steps | precision | in flight | pictures/s |", files);
    DeviceRows.say("|---|---|---|---|");
    for (String dtype : dtypes()) {
      for (int threads : most == 1 ? List.of(1) : List.of(1, most)) {
        Map<String, String> given = new HashMap<>();
        given.put("model.dtype", dtype);
        given.put("model.device", device.toString());
        given.put("model.replay", System.getProperty("bench.replay", "where-possible"));
        given.put("job.images-in-flight", Integer.toString(threads));
        given.put("sampling.tile-batch", Integer.toString(Math.max(4, threads)));
        try (DevicePictures pictures = new DevicePictures(given)) {
          pictures.upscale(Map.of());
          double taken = pictures.folder(input, output, threads);
          DeviceRows.say("| files | %s | %d | %.2f |", dtype, threads, files / taken);
        }
      }
    }
  }

  private static List<String> dtypes() {
    return List.of(System.getProperty("bench.dtypes", "fp16,bf16,fp32").split(",", -1));
  }
}
