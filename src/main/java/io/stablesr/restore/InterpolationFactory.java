package io.stablesr.restore;

import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.PilResize;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Enlargement without a model, as the baseline of comparisons: the methods {@code bicubic} and
 * {@code lanczos}, both as Pillow does them.
 */
public final class InterpolationFactory implements UpscalerFactory {
  private static final long serialVersionUID = 1L;

  private enum Filter {
    BICUBIC(UpscaleMethod.BICUBIC) {
      @Override
      FloatTensor enlarge(FloatTensor image, int height, int width) {
        return PilResize.bicubic(image, height, width);
      }
    },
    LANCZOS(UpscaleMethod.LANCZOS) {
      @Override
      FloatTensor enlarge(FloatTensor image, int height, int width) {
        return PilResize.lanczos(image, height, width);
      }
    };

    private final UpscaleMethod method;

    Filter(UpscaleMethod method) {
      this.method = method;
    }

    abstract FloatTensor enlarge(FloatTensor image, int height, int width);

    /** Grows when the pixels change. */
    String modelId() {
      return method.word() + "@pillow-1";
    }

    static Filter of(String bundle) {
      return Arrays.stream(values())
          .filter(filter -> filter.method.word().equals(bundle))
          .findFirst()
          .orElseThrow(
              () ->
                  new StableSrException(
                      ErrorCode.CONFIG,
                      "There is no enlargement '%s'; there are %s."
                          .formatted(
                              bundle,
                              Arrays.stream(values())
                                  .map(filter -> filter.method.word())
                                  .collect(Collectors.joining(" and ")))));
    }
  }

  @Override
  public BundleInfo describe(String bundle) {
    return new BundleInfo(bundle, Filter.of(bundle).modelId(), "none", ConfigFactory.empty());
  }

  @Override
  public Upscaler open(ModelSettings settings) {
    return new Interpolation(Filter.of(settings.method().word()), System::nanoTime);
  }

  private record Interpolation(Filter filter, LongSupplier nanoTime) implements Upscaler {
    @Override
    public String modelId() {
      return filter.modelId();
    }

    @Override
    public void check(UpscaleOptions options) {
      options.preClean().requireOff(filter.method);
    }

    @Override
    public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
      FloatTensor image = request.image();
      double scale = request.options().scale();
      long start = nanoTime.getAsLong();
      FloatTensor enlarged =
          filter.enlarge(
              image,
              (int) Math.max(1, Math.round(image.dim(1) * scale)),
              (int) Math.max(1, Math.round(image.dim(2) * scale)));
      return new UpscaleResult(
          enlarged, 1, 0, Map.of("resize", (nanoTime.getAsLong() - start) / 1_000_000));
    }

    @Override
    public void close() {}
  }
}
