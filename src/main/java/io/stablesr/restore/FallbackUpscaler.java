package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Upscales with less memory when there was not enough, and in fp32 when a narrower type gave no
 * numbers. First the tile batch is halved down to one tile, then the side of the autoencoder's or
 * the network's tiles. Neither changes the result by more than rounding where tiles are equal to
 * the whole, or nearly; those of FeMaSR are not.
 */
public final class FallbackUpscaler {
  private static final int LEAST_VAE_TILE_PIXELS = 256;

  private final Upscaler model;
  private final ModelDtype dtype;
  private final Supplier<Upscaler> fp32Model;

  /**
   * @param model the model as configured
   * @param dtype its number type
   * @param fp32Model the same model in fp32; asked for only when it is needed
   */
  public FallbackUpscaler(Upscaler model, ModelDtype dtype, Supplier<Upscaler> fp32Model) {
    this.model = model;
    this.dtype = dtype;
    this.fp32Model = fp32Model;
  }

  /**
   * What became of an image.
   *
   * @param <T> kind of result
   * @param result the result
   * @param dtype number type that made it
   * @param warnings a sentence for each fallback that was needed
   */
  public record Outcome<T>(T result, ModelDtype dtype, List<String> warnings) {
    /** Takes a copy. */
    public Outcome {
      warnings = List.copyOf(warnings);
    }
  }

  private interface Attempt<T> {
    T make(Upscaler by, UpscaleRequest request);
  }

  /** {@link Upscaler#needsStrips}. */
  public boolean needsStrips(UpscaleRequest request) {
    return model.needsStrips(request);
  }

  /**
   * Upscales one image.
   *
   * @throws StableSrException OUT_OF_MEMORY when the smallest tiles do not fit either; NOT_FINITE
   *     when fp32 gives no numbers either; else as the model
   */
  public Outcome<UpscaleResult> upscale(UpscaleRequest request, UpscaleListener listener) {
    return make(request, (by, attempt) -> by.upscale(attempt, listener), new ArrayList<>());
  }

  /** {@link #upscale} for an image that {@link #needsStrips}; its outcome says so. */
  public Outcome<UpscaleFacts> upscaleInStrips(
      UpscaleRequest request, UpscaleListener listener, StripSink sink) {
    List<String> warnings = new ArrayList<>();
    warnings.add("STRIPS: Too large to be worked on as a whole; worked on in strips.");
    return make(request, (by, attempt) -> by.upscaleInStrips(attempt, listener, sink), warnings);
  }

  private <T> Outcome<T> make(UpscaleRequest request, Attempt<T> way, List<String> warnings) {
    try {
      return new Outcome<>(inMemory(model, request, way, warnings), dtype, warnings);
    } catch (StableSrException e) {
      if (e.code() != ErrorCode.NOT_FINITE || dtype == ModelDtype.FP32) {
        throw e;
      }
      warnings.add("%s gave NaN or infinity; computed again in FP32.".formatted(dtype));
      return new Outcome<>(
          inMemory(fp32Model.get(), request, way, warnings), ModelDtype.FP32, warnings);
    }
  }

  private static <T> T inMemory(
      Upscaler model, UpscaleRequest request, Attempt<T> way, List<String> warnings) {
    UpscaleRequest attempt = request;
    while (true) {
      try {
        return way.make(model, attempt);
      } catch (OutOfMemoryError | StableSrException e) {
        if (e instanceof StableSrException known && known.code() != ErrorCode.OUT_OF_MEMORY) {
          throw known;
        }
        UpscaleOptions options = attempt.options();
        int batch = options.sampling().tileBatch();
        int tile = options.vaeTilePixels();
        if (batch > 1) {
          options = options.withSampling(options.sampling().withTileBatch(batch / 2));
          warnings.add("Not enough memory for tile-batch %d; used %d.".formatted(batch, batch / 2));
        } else if (tile / 2 >= LEAST_VAE_TILE_PIXELS) {
          options = options.withVaeTilePixels(tile / 2);
          warnings.add(
              "Not enough memory for vae-tile-pixels %d; used %d.".formatted(tile, tile / 2));
        } else {
          throw new StableSrException(
              ErrorCode.OUT_OF_MEMORY,
              "Memory was not enough, not even with tile-batch 1 and vae-tile-pixels %d."
                  .formatted(tile),
              e);
        }
        attempt = new UpscaleRequest(attempt.imageId(), attempt.image(), options);
      }
    }
  }
}
