package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Upscales with less memory when there was not enough, and in fp32 when a narrower type gave no
 * numbers. First the tile batch is halved down to one tile, then the side of the autoencoder's
 * tiles; neither changes the result by more than rounding.
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
   * @param result the result
   * @param dtype number type that made it
   * @param warnings a sentence for each fallback that was needed
   */
  public record Outcome(UpscaleResult result, ModelDtype dtype, List<String> warnings) {
    /** Takes a copy. */
    public Outcome {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Upscales one image.
   *
   * @throws StableSrException OUT_OF_MEMORY when the smallest tiles do not fit either; NOT_FINITE
   *     when fp32 gives no numbers either; else as the model
   */
  public Outcome upscale(UpscaleRequest request, UpscaleListener listener) {
    List<String> warnings = new ArrayList<>();
    try {
      return new Outcome(inMemory(model, request, listener, warnings), dtype, warnings);
    } catch (StableSrException e) {
      if (e.code() != ErrorCode.NOT_FINITE || dtype == ModelDtype.FP32) {
        throw e;
      }
      warnings.add("%s gave NaN or infinity; computed again in FP32.".formatted(dtype));
      return new Outcome(
          inMemory(fp32Model.get(), request, listener, warnings), ModelDtype.FP32, warnings);
    }
  }

  private static UpscaleResult inMemory(
      Upscaler model, UpscaleRequest request, UpscaleListener listener, List<String> warnings) {
    UpscaleRequest attempt = request;
    while (true) {
      try {
        return model.upscale(attempt, listener);
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
