package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.Precision;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.TensorEngine;
import io.stablesr.restore.Concurrently;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.StableSr;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Pictures through a model, one at a time and several at a time. */
final class FlightRuns implements AutoCloseable {
  private final String bundle;
  private final Precision precision;
  private final List<UpscaleRequest> requests;
  private final List<StableSr> models = new ArrayList<>();

  FlightRuns(String bundle, Precision precision, List<UpscaleRequest> requests) {
    this.bundle = bundle;
    this.precision = precision;
    this.requests = requests;
  }

  /** All pictures, so many at a time, through a model of its own, which is opened here. */
  Runnable way(TileSharing sharing, ProcessorUse use, int inFlight) {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "stablesr");
    StableSr model =
        StableSr.load(
            ModelBundle.open(bundle, cache),
            TensorEngine.open(ComputeDevice.CPU, use),
            CompileOptions.recommended(ComputeDevice.CPU, precision),
            sharing,
            PhiloxNoise::new,
            System::nanoTime);
    models.add(model);
    return () -> Concurrently.upscale(model, requests, inFlight);
  }

  /**
   * Pictures of noise.
   *
   * @param sidePixels of all; 0 for sides of 24 to 96 pixels
   */
  static List<UpscaleRequest> pictures(int count, int sidePixels, int tileBatch, int steps) {
    Random random = new Random(7);
    List<UpscaleRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int height = sidePixels == 0 ? 24 + random.nextInt(73) : sidePixels;
      int width = sidePixels == 0 ? 24 + random.nextInt(73) : sidePixels;
      FloatTensor picture = FloatTensor.zeros(3, height, width);
      for (int k = 0; k < picture.size(); k++) {
        picture.data()[k] = random.nextFloat();
      }
      requests.add(new UpscaleRequest("p" + i, picture, Concurrently.options(tileBatch, steps)));
    }
    return requests;
  }

  @Override
  public void close() {
    models.forEach(StableSr::close);
  }
}
