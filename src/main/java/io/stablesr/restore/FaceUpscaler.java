package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.faces.FaceNetworks;
import io.stablesr.restore.faces.FaceRefiner;
import io.stablesr.restore.faces.FaceSettings;
import io.stablesr.restore.faces.FaceSettings.Refinement;
import io.stablesr.restore.faces.FaceStage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Restores the faces in what another engine makes. In strips they are left as they are, as the
 * result is never whole.
 */
public final class FaceUpscaler extends WrappingUpscaler {
  private final FaceStage stage;
  private final Refinement refinement;
  private final Runnable closing;
  private final LongSupplier nanoTime;

  /**
   * An engine with faces.
   *
   * @param engine makes the pictures; closed with this
   * @param stage what is done to them
   * @param refinement what restored faces go through
   * @param closing closes what the stage needs
   * @param nanoTime clock of the stage timings
   */
  public FaceUpscaler(
      Upscaler engine,
      FaceStage stage,
      Refinement refinement,
      Runnable closing,
      LongSupplier nanoTime) {
    super(engine);
    this.stage = stage;
    this.refinement = refinement;
    this.closing = closing;
    this.nanoTime = nanoTime;
  }

  /**
   * Loads a model, and the face networks where they are asked for.
   *
   * @throws StableSrException when something cannot be loaded
   */
  public static Upscaler open(UpscalerFactory factory, ModelSettings settings) {
    if (settings.faces().isEmpty()) {
      return factory.open(settings);
    }
    FaceSettings faces = settings.faces().get();
    FaceNetworks networks = FaceNetworks.open(faces, settings.computeDevice(), settings.threads());
    try {
      return new FaceUpscaler(
          factory.open(settings),
          new FaceStage(networks, networks, faces.options()),
          faces.refinement(),
          networks::close,
          System::nanoTime);
    } catch (RuntimeException e) {
      networks.close();
      throw e;
    }
  }

  @Override
  public void check(UpscaleOptions options) {
    super.check(options);
    requireRefinable(refinement, engine());
  }

  /**
   * Checks that a model can do what is asked of it for faces.
   *
   * @throws StableSrException CONFIG where it cannot
   */
  public static void requireRefinable(ModelSettings settings, Upscaler model) {
    settings.faces().ifPresent(faces -> requireRefinable(faces.refinement(), model));
  }

  private static void requireRefinable(Refinement refinement, Upscaler model) {
    if (refinement == Refinement.STABLESR && !model.refinesFaces()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "faces.refine is stablesr, but %s does not predict noise, so that it cannot be drawn to a face; set faces.refine = none or use an official StableSR model."
              .formatted(model.modelId()));
    }
  }

  @Override
  public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
    UpscaleResult made = engine().upscale(request, listener);
    long start = nanoTime.getAsLong();
    FaceStage.Result result = stage.apply(request.image(), made.image(), refiner(request));
    Map<String, Long> millis = new LinkedHashMap<>(made.stageMillis());
    millis.put("faces", (nanoTime.getAsLong() - start) / 1_000_000);
    return new UpscaleResult(
        result.picture(),
        made.tiles(),
        made.networkCalls(),
        millis,
        made.notes(),
        made.preCleaning(),
        result.faces());
  }

  private FaceRefiner refiner(UpscaleRequest request) {
    if (refinement == Refinement.NONE) {
      return FaceRefiner.NONE;
    }
    UpscaleOptions options = request.options();
    UpscaleOptions unscaled =
        new UpscaleOptions(
            1,
            options.sampling(),
            options.fusionWeight(),
            ColorFix.NONE,
            options.waveletLevels(),
            options.vaeTilePixels(),
            options.prompt(),
            options.negativePrompt(),
            options.seed());
    return (index, poor, restored) ->
        engine()
            .refineFace(
                new UpscaleRequest(request.imageId() + "#face-" + index, poor, unscaled), restored);
  }

  @Override
  public void close() {
    super.close();
    closing.run();
  }
}
