package io.stablesr;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.Borders;
import io.stablesr.image.TorchResize;
import io.stablesr.restore.BundleInfo;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.StripSink;
import io.stablesr.restore.UpscaleFacts;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.UpscaleResult;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactory;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An engine without networks: nearest enlargement with a shade that depends on image id and seed,
 * as a real one's noise does. Images whose id contains {@code poison} make it fail, {@code crash}
 * kills the process, those with {@code cancelled} are cancelled, those with {@code halfway} fail
 * between two strips, the prompt {@code unsuitable} does not pass the check, the bundle {@code
 * broken} cannot be opened.
 */
public final class FakeEngine implements UpscalerFactory {
  /** How often a model was opened in this JVM. */
  public static final AtomicInteger OPENED = new AtomicInteger();

  /** How often a picture was upscaled, or failed to be, in this JVM. */
  public static final AtomicInteger UPSCALED = new AtomicInteger();

  private static final long serialVersionUID = 1L;

  @Override
  public BundleInfo describe(String bundle) {
    Config defaults =
        bundle.equals("quick-bundle")
            ? ConfigFactory.parseString("sampling { steps = 4, sampler = ddim }")
            : ConfigFactory.empty();
    return new BundleInfo(bundle, "fake@0", "Apache-2.0", defaults);
  }

  @Override
  public Upscaler open(ModelSettings settings) {
    if (settings.bundle().equals("broken")) {
      throw new StableSrException(ErrorCode.CHECKPOINT_CORRUPT, "The bundle broken is damaged.");
    }
    OPENED.incrementAndGet();
    return new NearestUpscaler();
  }

  private static final class NearestUpscaler implements Upscaler {
    private static final int STRIP_ROWS = 7;

    @Override
    public String modelId() {
      return "fake@0";
    }

    @Override
    public void check(UpscaleOptions options) {
      if (options.prompt().equals("unsuitable")) {
        throw new StableSrException(ErrorCode.CONFIG, "The prompt does not suit this model.");
      }
    }

    @Override
    public UpscaleResult upscale(UpscaleRequest request, UpscaleListener listener) {
      UPSCALED.incrementAndGet();
      if (request.imageId().contains("crash")) {
        // As a fault in native code ends a process: nothing is cleaned up.
        Runtime.getRuntime().halt(137);
      }
      if (request.imageId().contains("poison")) {
        throw new IllegalStateException("poisoned");
      }
      if (request.imageId().contains("cancelled")) {
        throw new StableSrException(ErrorCode.CANCELLED, "Cancelled on request.");
      }
      double scale = request.options().scale();
      FloatTensor image =
          TorchResize.nearest(
              request.image(),
              (int) Math.round(request.image().dim(1) * scale),
              (int) Math.round(request.image().dim(2) * scale));
      int hash = Objects.hash(request.imageId(), request.options().seed());
      float shade = Math.floorMod(hash, 16) / 255f;
      float[] shaded = image.data().clone();
      for (int i = 0; i < shaded.length; i++) {
        shaded[i] = Math.min(1, shaded[i] + shade);
      }
      int steps = request.options().sampling().steps();
      for (int step = 1; step <= steps; step++) {
        listener.tilesDone(step, steps);
      }
      return new UpscaleResult(
          FloatTensor.of(shaded, image.shape()), 1, steps, Map.of("sample", 1L));
    }

    @Override
    public boolean needsStrips(UpscaleRequest request) {
      long limit = request.options().stripPixels();
      double scale = request.options().scale();
      return limit > 0 && scale * scale * request.image().size() / 3 > limit;
    }

    @Override
    public UpscaleFacts upscaleInStrips(
        UpscaleRequest request, UpscaleListener listener, StripSink sink) {
      UpscaleResult whole = upscale(request, listener);
      FloatTensor image = whole.image();
      sink.begin(image.dim(2), image.dim(1));
      for (int top = 0; top < image.dim(1); top += STRIP_ROWS) {
        int rows = Math.min(STRIP_ROWS, image.dim(1) - top);
        sink.write(Borders.crop(image, top, 0, rows, image.dim(2)));
        if (request.imageId().contains("halfway")) {
          throw new IllegalStateException("broke halfway");
        }
      }
      return whole.facts();
    }

    @Override
    public void close() {}
  }
}
