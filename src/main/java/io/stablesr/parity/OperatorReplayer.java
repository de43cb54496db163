package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.Kernel;
import io.stablesr.degrade.KernelFamily;
import io.stablesr.degrade.KernelFilter;
import io.stablesr.degrade.KernelShape;
import io.stablesr.degrade.Sharpening;
import io.stablesr.degrade.SimulatedJpeg;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * Operators of the degradation on {@code image} and {@code image2} with the parameters of {@code
 * degrade_params.json}: kernels, filtering, sharpening, simulated JPEG. Noise is in file 17.
 */
final class OperatorReplayer implements Replayer {
  /** Stored in single precision. */
  private static final Tolerance KERNEL = Tolerance.absolute(1e-7);

  private static final Map<String, KernelFamily> FAMILIES =
      Map.of(
          "iso", KernelFamily.ISO,
          "aniso", KernelFamily.ANISO,
          "generalized_iso", KernelFamily.GENERALIZED_ISO,
          "generalized_aniso", KernelFamily.GENERALIZED_ANISO,
          "plateau_iso", KernelFamily.PLATEAU_ISO,
          "plateau_aniso", KernelFamily.PLATEAU_ANISO);

  @Override
  public void replay(Path file, Replay replay) {
    JsonObject parameters = JsonFiles.object(file.resolveSibling("degrade_params.json"));
    FloatTensor image = Pictures.fromBytes(replay.input("image"));
    FloatTensor second = Pictures.fromBytes(replay.input("image2"));
    Tolerance arithmetic = replay.tolerances().arithmetic();
    for (Matcher name : replay.golden().matching("kernel\\.(.+)")) {
      Kernel kernel = kernel(parameters, name.group());
      int side = replay.golden().shape(name.group())[0];
      replay.check(name.group(), DegradationReplayer.padded(kernel, side), KERNEL);
    }
    for (Matcher name : replay.golden().matching("filter2D\\.([a-z_]+\\.\\d)")) {
      Kernel kernel = kernel(parameters, "kernel." + name.group(1));
      replay.check(name.group(), Slices.single(KernelFilter.apply(image, kernel)), arithmetic);
    }
    for (Matcher name : replay.golden().matching("usm\\.(?!kernel)(.+)")) {
      JsonObject strength = parameters.getAsJsonObject(name.group());
      Sharpening sharpening =
          new Sharpening(
              strength.get("weight").getAsDouble(),
              strength.get("radius").getAsInt(),
              strength.get("threshold").getAsInt());
      replay.check(name.group(), Slices.single(sharpening.apply(image)), arithmetic);
    }
    for (Matcher name : replay.golden().matching("diffjpeg\\.q(\\d+)")) {
      int quality = Integer.parseInt(name.group(1));
      replay.check(name.group(), Slices.single(SimulatedJpeg.apply(image, quality)), arithmetic);
    }
    batches(replay, parameters, image, second);
    replay
        .golden()
        .matching("noise\\..*")
        .forEach(name -> replay.omit(name.group(), "recorded noise is replayed from file 17"));
    replay
        .golden()
        .matching("diffjpeg\\..*coef.*|usm\\.kernel")
        .forEach(name -> replay.omit(name.group(), "is not kept as a tensor of its own"));
  }

  private static void batches(
      Replay replay, JsonObject parameters, FloatTensor image, FloatTensor second) {
    Tolerance arithmetic = replay.tolerances().arithmetic();
    for (Matcher name : replay.golden().matching("filter2D\\.batch_([a-z]+)(\\d)_([a-z]+)(\\d)")) {
      Kernel one = kernel(parameters, "kernel.%s.%s".formatted(name.group(1), name.group(2)));
      Kernel other = kernel(parameters, "kernel.%s.%s".formatted(name.group(3), name.group(4)));
      replay.check(
          name.group(),
          Slices.stack(List.of(KernelFilter.apply(image, one), KernelFilter.apply(second, other))),
          arithmetic);
    }
    if (replay.golden().has("diffjpeg.batch")) {
      JsonArray quality = parameters.getAsJsonObject("diffjpeg.batch").getAsJsonArray("quality");
      replay.check(
          "diffjpeg.batch",
          Slices.stack(
              List.of(
                  SimulatedJpeg.apply(image, quality.get(0).getAsDouble()),
                  SimulatedJpeg.apply(second, quality.get(1).getAsDouble()))),
          arithmetic);
    }
  }

  private static Kernel kernel(JsonObject parameters, String name) {
    JsonObject shape = parameters.getAsJsonObject(name);
    int size = shape.get("size").getAsInt();
    String kind = shape.get("kind").getAsString();
    if (kind.equals("sinc")) {
      return Kernel.of(new KernelShape.Sinc(size, shape.get("cutoff").getAsDouble()));
    }
    KernelFamily family = FAMILIES.get(kind);
    if (family == null) {
      throw new StableSrException(
          ErrorCode.CONFIG, "There is no family of kernels called %s.".formatted(kind));
    }
    double sigma = shape.has("sigma") ? shape.get("sigma").getAsDouble() : 0;
    return Kernel.of(
        new KernelShape.Blur(
            family,
            size,
            shape.has("sigma_x") ? shape.get("sigma_x").getAsDouble() : sigma,
            shape.has("sigma_y") ? shape.get("sigma_y").getAsDouble() : sigma,
            shape.has("theta") ? shape.get("theta").getAsDouble() : 0,
            shape.has("beta") ? shape.get("beta").getAsDouble() : 1));
  }
}
