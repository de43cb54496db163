package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import io.stablesr.restore.PreClean.Mode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The diffusion model behind a restoration network that first cleans inputs which need it (as the
 * StableSR paper describes): the network enlarges by 4, bicubic reduction by 2 keeps its artefacts
 * from being made larger, and the model does the rest of the scale.
 */
final class PreCleaningUpscaler implements Upscaler {
  /** Side of the cleaned input / side of the input. */
  static final int FACTOR = 2;

  private static final UpscaleListener SILENT = (done, total) -> {};

  private final String modelId;
  private final Upscaler model;
  private final Optional<Upscaler> cleaner;
  private final LongSupplier nanoTime;

  /**
   * @param model closed with this
   * @param cleaner closed with this; empty where no input can be cleaned
   */
  PreCleaningUpscaler(
      String modelId, Upscaler model, Optional<Upscaler> cleaner, LongSupplier nanoTime) {
    this.modelId = modelId;
    this.model = model;
    this.cleaner = cleaner;
    this.nanoTime = nanoTime;
  }

  /** What the model gets instead of the input, and what the row says of it. */
  private record Prepared(UpscaleRequest request, Map<String, Long> millis, List<String> notes) {}

  private Prepared prepare(UpscaleRequest request) {
    PreClean wanted = request.options().preClean();
    if (wanted.mode() == Mode.OFF) {
      return new Prepared(request, Map.of(), List.of());
    }
    Upscaler network = cleaner.orElseThrow(() -> noCleaner(wanted));
    StageTimer timer = new StageTimer(nanoTime);
    SeverityEstimate estimate = SeverityEstimate.of(request.image());
    boolean clean = wanted.mode() == Mode.ON || estimate.severity() >= wanted.severity();
    String note =
        "PRE_CLEAN: %s, %s.".formatted(clean ? "cleaned" : "left as it is", estimate.text());
    UpscaleRequest prepared = request;
    if (clean) {
      UpscaleOptions options = request.options();
      FloatTensor cleaned =
          network
              .upscale(
                  new UpscaleRequest(request.imageId(), request.image(), options.withScale(FACTOR)),
                  SILENT)
              .image();
      prepared =
          new UpscaleRequest(
              request.imageId(), cleaned, options.withScale(options.scale() / FACTOR));
    }
    timer.end("pre-clean");
    return new Prepared(prepared, timer.millis(), List.of(note));
  }

  private static StableSrException noCleaner(PreClean wanted) {
    return new StableSrException(
        ErrorCode.CONFIG,
        "upscale.pre-clean is %s, but no cleaner is loaded; set model.cleaner-weights for the job, to stablesr-cleaner or the weight file of a restoration network such as RealESRGAN_x4plus.pth."
            .formatted(Words.of(wanted.mode())));
  }

  @Override
  public String modelId() {
    return modelId;
  }

  @Override
  public void check(UpscaleOptions options) {
    if (options.preClean().mode() != Mode.OFF && cleaner.isEmpty()) {
      throw noCleaner(options.preClean());
    }
    model.check(options);
  }

  @Override
  public OptionalDouble measureGflopsPerSecond() {
    return model.measureGflopsPerSecond();
  }

  @Override
  public OptionalLong gpuBytes() {
    return model.gpuBytes();
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    Prepared prepared = prepare(request);
    UpscaleResult result = model.upscale(prepared.request(), listener);
    return new UpscaleResult(
        result.image(),
        result.tiles(),
        result.networkCalls(),
        both(prepared.millis(), result.stageMillis()),
        both(prepared.notes(), result.notes()),
        result.faces());
  }

  @Override
  public boolean refinesFaces() {
    return model.refinesFaces();
  }

  /** Faces have been restored already; they are not cleaned. */
  @Override
  public FloatTensor refineFace(UpscaleRequest poor, FloatTensor reference) {
    return model.refineFace(poor, reference);
  }

  /** The result is as large in either case, and it is what takes the memory. */
  @Override
  public boolean needsStrips(UpscaleRequest request) {
    return model.needsStrips(request);
  }

  @Override
  public UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    Prepared prepared = prepare(request);
    UpscaleFacts facts = model.upscaleInStrips(prepared.request(), listener, sink);
    return new UpscaleFacts(
        facts.width(),
        facts.height(),
        facts.tiles(),
        facts.networkCalls(),
        both(prepared.millis(), facts.stageMillis()),
        both(prepared.notes(), facts.notes()),
        facts.faces());
  }

  private static Map<String, Long> both(Map<String, Long> first, Map<String, Long> then) {
    Map<String, Long> both = new LinkedHashMap<>(first);
    both.putAll(then);
    return both;
  }

  private static List<String> both(List<String> first, List<String> then) {
    List<String> both = new ArrayList<>(first);
    both.addAll(then);
    return List.copyOf(both);
  }

  @Override
  public void close() {
    cleaner.ifPresent(Upscaler::close);
    model.close();
  }
}
