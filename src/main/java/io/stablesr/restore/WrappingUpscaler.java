package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Does something before or after another engine, and is that engine in all else. */
abstract class WrappingUpscaler implements Upscaler {
  private final Upscaler engine;

  /**
   * @param engine closed with this
   */
  WrappingUpscaler(Upscaler engine) {
    this.engine = engine;
  }

  /** What is wrapped. */
  final Upscaler engine() {
    return engine;
  }

  @Override
  public String modelId() {
    return engine.modelId();
  }

  @Override
  public void check(UpscaleOptions options) {
    engine.check(options);
  }

  @Override
  public OptionalDouble measureGflopsPerSecond() {
    return engine.measureGflopsPerSecond();
  }

  @Override
  public OptionalLong gpuBytes() {
    return engine.gpuBytes();
  }

  @Override
  public boolean needsStrips(UpscaleRequest request) {
    return engine.needsStrips(request);
  }

  @Override
  public UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    return engine.upscaleInStrips(request, listener, sink);
  }

  @Override
  public boolean refinesFaces() {
    return engine.refinesFaces();
  }

  @Override
  public FloatTensor refineFace(UpscaleRequest poor, FloatTensor reference) {
    return engine.refineFace(poor, reference);
  }

  @Override
  public void close() {
    engine.close();
  }
}
