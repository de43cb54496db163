package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.image.ColorFix;
import io.stablesr.testing.SamplingSetup;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Several pictures through one model at a time. */
public final class Concurrently {
  private Concurrently() {}

  /**
   * Options x4 with deterministic steps, for tiles that share calls of at most {@code tileBatch}.
   */
  public static UpscaleOptions options(int tileBatch, int steps) {
    return new UpscaleOptions(
        4,
        SamplingSetup.of(SamplerKind.DDIM, steps)
            .overlapLatents(16)
            .tileBatch(tileBatch)
            .spacing(TimestepSpacing.TRAILING)
            .options(),
        1,
        ColorFix.WAVELET,
        3,
        1024,
        "",
        "",
        42);
  }

  /** The results in the order of the requests, so many of them worked on at a time. */
  public static List<FloatTensor> upscale(
      StableSr model, List<UpscaleRequest> requests, int inFlight) {
    ExecutorService images = Executors.newFixedThreadPool(inFlight);
    try {
      List<CompletableFuture<FloatTensor>> running =
          requests.stream()
              .map(
                  request ->
                      CompletableFuture.supplyAsync(
                          () -> model.upscale(request, UpscaleListener.NONE).image(), images))
              .toList();
      return running.stream().map(CompletableFuture::join).toList();
    } finally {
      images.shutdownNow();
    }
  }
}
