package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.PilResize;
import io.stablesr.restore.RestorationRunner.Pass;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Upscales with a restoration network: enlarged by the network's factor, then resized bicubically
 * to the size that is asked for. Where the asked factor divides the network's, every tile is
 * reduced by itself and the picture is never there at the larger size.
 */
final class RestorationUpscaler implements Upscaler {
  private final String modelId;
  private final TensorEngine engine;
  private final RestorationRunner runner;
  private final LongSupplier nanoTime;

  /**
   * @param engine closed with this
   * @param runner closed with this
   */
  RestorationUpscaler(
      String modelId, TensorEngine engine, RestorationRunner runner, LongSupplier nanoTime) {
    this.modelId = modelId;
    this.engine = engine;
    this.runner = runner;
    this.nanoTime = nanoTime;
  }

  @Override
  public String modelId() {
    return modelId;
  }

  @Override
  public void check(UpscaleOptions options) {
    options.preClean().requireOff(modelId);
  }

  @Override
  public OptionalLong gpuBytes() {
    return engine.gpuBytes();
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    StageTimer timer = new StageTimer(nanoTime);
    FloatTensor image = request.image();
    double scale = request.options().scale();
    Pass pass = pass(request, listener);
    FloatTensor result = runner.whole(image, pass);
    timer.end("restore");
    int height = (int) Math.max(1, Math.round(image.dim(1) * scale));
    int width = (int) Math.max(1, Math.round(image.dim(2) * scale));
    if (result.dim(1) != height || result.dim(2) != width) {
      result = PilResize.bicubicFloats(result, height, width);
      RestorationRunner.clamp(result);
      timer.end("resize");
    }
    int tiles = runner.tileCount(image, pass);
    return new UpscaleResult(result, tiles, tiles, timer.millis());
  }

  @Override
  public boolean needsStrips(UpscaleRequest request) {
    return RestorationMemory.of(
            request.image().dim(2),
            request.image().dim(1),
            request.options().scale(),
            runner.network().scale() / reduction(request.options().scale()))
        .needsStrips(request.options(), Runtime.getRuntime().maxMemory());
  }

  @Override
  public UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    StageTimer timer = new StageTimer(nanoTime);
    FloatTensor image = request.image();
    Pass pass = pass(request, listener);
    int factor = runner.network().scale() / pass.reduction();
    sink.begin(factor * image.dim(2), factor * image.dim(1));
    runner.bands(image, pass, sink::write);
    timer.end("restore");
    int tiles = runner.tileCount(image, pass);
    return new UpscaleFacts(
        factor * image.dim(2), factor * image.dim(1), tiles, tiles, timer.millis());
  }

  private Pass pass(UpscaleRequest request, UpscaleListener listener) {
    return new Pass(
        reduction(request.options().scale()), request.options().vaeTilePixels(), listener);
  }

  private int reduction(double scale) {
    return reduction(runner.network().scale(), scale);
  }

  /** The whole factor from the network's scale to the asked one; 1 where there is none. */
  static int reduction(int networkScale, double scale) {
    boolean divides = scale >= 1 && scale == Math.rint(scale) && networkScale % scale == 0;
    return divides ? networkScale / (int) scale : 1;
  }

  @Override
  public void close() {
    runner.close();
    engine.close();
  }
}
