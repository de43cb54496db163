package io.stablesr.parity;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.Kernel;
import io.stablesr.degrade.KernelFamily;
import io.stablesr.degrade.KernelFilter;
import io.stablesr.degrade.KernelShape;
import io.stablesr.degrade.ResizeMode;
import io.stablesr.degrade.Sharpening;
import io.stablesr.degrade.SimulatedJpeg;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * 17: parts of the degradation on the batch {@code image}. The kernels' parameters are in the
 * metadata, qualities and factors in the names of the tensors, noise as recorded draws.
 */
final class DegradationReplayer implements Replayer {
  /** Sums of up to 441 weights, in another order. */
  private static final Tolerance KERNEL = Tolerance.relative(1e-14);

  /** The published strengths of unsharp masking; the file does not say them. */
  private static final Sharpening SHARPENING = new Sharpening(0.5, 50, 10);

  private static final Map<String, KernelFamily> FAMILIES =
      Map.of(
          "iso", KernelFamily.ISO,
          "aniso", KernelFamily.ANISO,
          "giso", KernelFamily.GENERALIZED_ISO,
          "ganiso", KernelFamily.GENERALIZED_ANISO,
          "piso", KernelFamily.PLATEAU_ISO,
          "paniso", KernelFamily.PLATEAU_ANISO);

  @Override
  public void replay(Path file, Replay replay) {
    kernels(replay);
    List<FloatTensor> images = Slices.split(replay.input("image"));
    if (replay.golden().has("filter2D/out")) {
      List<FloatTensor> kernels = Slices.split(replay.input("filter2D/kernels"));
      check(
          replay,
          "filter2D/out",
          i -> KernelFilter.apply(images.get(i), Kernel.of(kernels.get(i))));
    }
    if (replay.golden().has("usm/kernel")) {
      replay.check(
          "usm/kernel", Slices.single(SHARPENING.kernel()), replay.tolerances().arithmetic());
    }
    check(replay, "usm/out", i -> SHARPENING.apply(images.get(i)));
    for (Matcher name : replay.golden().matching("resize/([a-z]+)_(scale|size)([\\d.x]+)")) {
      check(replay, name.group(), i -> resized(replay, name, images.get(i)));
    }
    for (Matcher name : replay.golden().matching("jpeg/q(\\d+)_(\\d+|float)")) {
      check(replay, name.group(), i -> SimulatedJpeg.apply(images.get(i), quality(name, i)));
    }
    new RecordedNoise(replay).check(images);
  }

  private static FloatTensor resized(Replay replay, Matcher name, FloatTensor image) {
    int[] shape = replay.golden().shape(name.group());
    ResizeMode mode =
        switch (name.group(1)) {
          case "area" -> ResizeMode.AREA;
          case "bilinear" -> ResizeMode.BILINEAR;
          case "bicubic" -> ResizeMode.BICUBIC;
          default ->
              throw new StableSrException(
                  ErrorCode.CONFIG, "There is no resize mode %s.".formatted(name.group(1)));
        };
    return name.group(2).equals("scale")
        ? mode.byFactor(image, Double.parseDouble(name.group(3)))
        : mode.toSize(image, shape[2], shape[3]);
  }

  /** One quality for each of two pictures, or one for all. */
  private static double quality(Matcher name, int index) {
    boolean shared = name.group(2).equals("float");
    return Double.parseDouble(name.group(index == 0 || shared ? 1 : 2));
  }

  private static void kernels(Replay replay) {
    JsonObject parameters = parameters(replay);
    for (Matcher name : replay.golden().matching("kernel_f64/(.+)")) {
      JsonElement kernel = parameters.get(name.group(1));
      if (kernel == null) {
        replay.omit(name.group(), "the metadata do not have its parameters");
        continue;
      }
      int side = replay.golden().shape(name.group())[0];
      double[] weights = padded(Kernel.of(shape(name.group(1), kernel.getAsJsonObject())), side);
      replay.check(name.group(), weights, KERNEL);
    }
  }

  private static JsonObject parameters(Replay replay) {
    try {
      return JsonParser.parseString(replay.golden().metadata("kernels").orElse("{}"))
          .getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "The metadata 'kernels' are not a JSON object.", e);
    }
  }

  private static KernelShape shape(String name, JsonObject kernel) {
    int size = kernel.get("kernel_size").getAsInt();
    if (kernel.has("cutoff")) {
      return new KernelShape.Sinc(size, kernel.get("cutoff").getAsDouble());
    }
    KernelFamily family = FAMILIES.get(name);
    if (family == null) {
      throw new StableSrException(
          ErrorCode.CONFIG, "There is no family of kernels called %s.".formatted(name));
    }
    return new KernelShape.Blur(
        family,
        size,
        kernel.get("sig_x").getAsDouble(),
        kernel.get("sig_y").getAsDouble(),
        kernel.get("theta").getAsDouble(),
        kernel.has("beta") ? kernel.get("beta").getAsDouble() : 1);
  }

  /** Recorded with a border of zeros. */
  static double[] padded(Kernel kernel, int side) {
    double[] weights = kernel.weights();
    int size = kernel.size();
    int border = (side - size) / 2;
    double[] padded = new double[side * side];
    for (int y = 0; y < size; y++) {
      System.arraycopy(weights, y * size, padded, (y + border) * side + border, size);
    }
    return padded;
  }

  /** Computes every picture of a recorded batch, if it was recorded. */
  static void check(Replay replay, String name, IntFunction<FloatTensor> picture) {
    if (replay.golden().has(name)) {
      int count = replay.golden().shape(name)[0];
      replay.check(
          name,
          Slices.stack(IntStream.range(0, count).mapToObj(picture).toList()),
          replay.tolerances().arithmetic());
    }
  }
}
