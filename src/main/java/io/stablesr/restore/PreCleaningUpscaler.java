package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.restore.PreClean.Mode;
import io.stablesr.restore.PreCleaning.Decision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The diffusion model behind a restoration network that first cleans inputs which need it. A
 * network that enlarges is used as the StableSR paper describes (section 4.1): by {@link
 * InputCleaner#factor}, and the model does the rest of the scale; a network of factor 1 cleans at
 * the input's own size, which is this project's way. Cleaned or not, the result is as large, so
 * that the model decides about strips; faces have been restored already when they are refined, and
 * are not cleaned.
 */
final class PreCleaningUpscaler extends WrappingUpscaler {
  private static final UpscaleListener SILENT = (done, total) -> {};

  private final String modelId;
  private final Optional<InputCleaner> cleaner;
  private final LongSupplier nanoTime;

  /**
   * @param model closed with this
   * @param cleaner its network is closed with this; empty where no input can be cleaned
   */
  PreCleaningUpscaler(
      String modelId, Upscaler model, Optional<InputCleaner> cleaner, LongSupplier nanoTime) {
    super(model);
    this.modelId = modelId;
    this.cleaner = cleaner;
    this.nanoTime = nanoTime;
  }

  /** What the model gets instead of the input, and what the row says of it. */
  private record Prepared(
      UpscaleRequest request, Map<String, Long> millis, PreCleaning preCleaning) {}

  private Prepared prepare(UpscaleRequest request) {
    PreClean wanted = request.options().preClean();
    if (wanted.mode() == Mode.OFF) {
      return new Prepared(request, Map.of(), PreCleaning.NONE);
    }
    InputCleaner network = cleaner.orElseThrow(() -> PreClean.noCleaner(wanted.mode()));
    StageTimer timer = new StageTimer(nanoTime);
    SeverityEstimate estimate = SeverityEstimate.of(request.image());
    Judgement judgement =
        network.factor() == 1
            ? judged(wanted, request, network, estimate)
            : judged(wanted, estimate);
    UpscaleRequest prepared = request;
    if (judgement.clean()) {
      UpscaleOptions options = request.options();
      FloatTensor cleaned = judgement.cleaned().orElseGet(() -> cleaned(request, network));
      prepared =
          new UpscaleRequest(
              request.imageId(), cleaned, options.withScale(options.scale() / network.factor()));
    }
    timer.end("pre-clean");
    return new Prepared(
        prepared,
        timer.millis(),
        new PreCleaning(
            judgement.clean() ? Decision.CLEANED : Decision.LEFT,
            wanted.text(judgement.severity(), judgement.figures())));
  }

  /**
   * Whether an input is cleaned.
   *
   * @param severity what decides in {@link Mode#AUTO}
   * @param figures what the severity was taken from
   * @param cleaned the cleaned input, where it was needed to decide
   */
  private record Judgement(
      boolean clean, double severity, String figures, Optional<FloatTensor> cleaned) {}

  private static Judgement judged(PreClean wanted, SeverityEstimate estimate) {
    double severity = estimate.severity();
    return new Judgement(wanted.cleans(severity), severity, estimate.parts(), Optional.empty());
  }

  /** A network that keeps the size shows by what it changes how much there is to clean. */
  private static Judgement judged(
      PreClean wanted, UpscaleRequest request, InputCleaner network, SeverityEstimate estimate) {
    FloatTensor cleaned = cleaned(request, network);
    CleaningChange change = CleaningChange.of(request.image(), cleaned);
    return new Judgement(
        wanted.cleans(change.severity()),
        change.severity(),
        change.figures(estimate),
        Optional.of(cleaned));
  }

  private static FloatTensor cleaned(UpscaleRequest request, InputCleaner network) {
    return network
        .network()
        .upscale(
            new UpscaleRequest(
                request.imageId(), request.image(), request.options().withScale(network.factor())),
            SILENT)
        .image();
  }

  @Override
  public String modelId() {
    return modelId;
  }

  @Override
  public void check(UpscaleOptions options) {
    if (options.preClean().mode() != Mode.OFF && cleaner.isEmpty()) {
      throw PreClean.noCleaner(options.preClean().mode());
    }
    super.check(options);
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    Prepared prepared = prepare(request);
    UpscaleResult result = engine().upscale(prepared.request(), listener);
    return new UpscaleResult(
        result.image(),
        result.tiles(),
        result.networkCalls(),
        both(prepared.millis(), result.stageMillis()),
        result.notes(),
        prepared.preCleaning(),
        result.faces());
  }

  @Override
  public UpscaleFacts upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    Prepared prepared = prepare(request);
    UpscaleFacts facts = engine().upscaleInStrips(prepared.request(), listener, sink);
    return new UpscaleFacts(
        facts.width(),
        facts.height(),
        facts.tiles(),
        facts.networkCalls(),
        both(prepared.millis(), facts.stageMillis()),
        facts.notes(),
        prepared.preCleaning(),
        facts.faces());
  }

  private static Map<String, Long> both(Map<String, Long> first, Map<String, Long> then) {
    Map<String, Long> both = new LinkedHashMap<>(first);
    both.putAll(then);
    return both;
  }

  @Override
  public void close() {
    cleaner.map(InputCleaner::network).ifPresent(Upscaler::close);
    super.close();
  }
}
