package io.stablesr.spark;

import io.stablesr.job.ImageCodec;
import io.stablesr.job.ImageEntry;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads the headers of images for the planner. */
final class CostProbe {
  private final ImageStore store;
  private final ImageCodec codec;
  private final int threads;

  CostProbe(ImageStore store, ImageCodec codec, int threads) {
    this.store = store;
    this.codec = codec;
    this.threads = threads;
  }

  /** Pixels of each image by id; 1 where the header cannot be read, since that image fails fast. */
  Map<String, Long> pixels(List<ImageEntry> entries) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, entries.size()));
    try {
      Map<String, Future<Long>> running = new LinkedHashMap<>();
      entries.forEach(entry -> running.put(entry.id(), pool.submit(() -> pixels(entry))));
      Map<String, Long> pixels = new LinkedHashMap<>();
      for (Map.Entry<String, Future<Long>> probe : running.entrySet()) {
        pixels.put(probe.getKey(), probe.getValue().get());
      }
      return pixels;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private long pixels(ImageEntry entry) {
    try (InputStream stream = store.open(entry.uri())) {
      return Math.max(1, codec.probePixels(entry.id(), stream));
    } catch (IOException | RuntimeException e) {
      // Not lost: the task that reads the image reports it in its row.
      return 1;
    }
  }
}
