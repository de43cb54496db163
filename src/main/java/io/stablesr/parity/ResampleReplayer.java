package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.PilResize;
import io.stablesr.image.TorchResize;
import java.nio.file.Path;
import java.util.regex.Matcher;

/**
 * Resampling of {@code image_u8} and {@code image_f32}: {@code LIBRARY.mode.HxW}, {@code
 * torch.scale.mode.factor}. What this build does not use is listed.
 */
final class ResampleReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    FloatTensor bytes = replay.input("image_u8");
    FloatTensor floats = replay.input("image_f32");
    for (Matcher name :
        replay.golden().matching("torch\\.(bicubic|bilinear|area|nearest)\\.(\\d+)x(\\d+)")) {
      int height = Integer.parseInt(name.group(2));
      int width = Integer.parseInt(name.group(3));
      FloatTensor out =
          Pictures.each(floats, picture -> torch(name.group(1), picture, height, width));
      replay.check(name.group(), out, replay.tolerances().arithmetic());
    }
    for (Matcher name :
        replay.golden().matching("torch\\.scale\\.(bicubic|bilinear|area)\\.([\\d.]+)")) {
      double factor = Double.parseDouble(name.group(2));
      FloatTensor out = Pictures.each(floats, picture -> torch(name.group(1), picture, factor));
      replay.check(name.group(), out, replay.tolerances().arithmetic());
    }
    for (Matcher name : replay.golden().matching("pil\\.u8\\.(bicubic|lanczos)\\.(\\d+)x(\\d+)")) {
      int height = Integer.parseInt(name.group(2));
      int width = Integer.parseInt(name.group(3));
      FloatTensor picture = Pictures.fromBytes(bytes);
      FloatTensor out =
          name.group(1).equals("bicubic")
              ? PilResize.bicubic(picture, height, width)
              : PilResize.lanczos(picture, height, width);
      // Results are k/255 exactly; half a level keeps truncation from falling below k.
      replay.check(
          name.group(), Pictures.toBytes(Pictures.affine(out, 1, 0.5f / 255)), Tolerance.EXACT);
    }
    for (Matcher name : replay.golden().matching("pil\\.F\\.bicubic\\.(\\d+)x(\\d+)")) {
      int height = Integer.parseInt(name.group(1));
      int width = Integer.parseInt(name.group(2));
      FloatTensor out = PilResize.bicubicFloats(Slices.entry(floats, 0), height, width);
      FloatTensor first = FloatTensor.zeros(height, width);
      System.arraycopy(out.data(), 0, first.data(), 0, first.size());
      replay.check(name.group(), first, replay.tolerances().arithmetic());
    }
    for (String name : replay.golden().unused()) {
      replay.omit(name, "this build does not resample that way");
    }
  }

  private static FloatTensor torch(String mode, FloatTensor picture, int height, int width) {
    return switch (mode) {
      case "bicubic" -> TorchResize.bicubic(picture, height, width);
      case "bilinear" -> TorchResize.bilinear(picture, height, width);
      case "area" -> TorchResize.area(picture, height, width);
      default -> TorchResize.nearest(picture, height, width);
    };
  }

  private static FloatTensor torch(String mode, FloatTensor picture, double factor) {
    return switch (mode) {
      case "bicubic" -> TorchResize.bicubicByFactor(picture, factor);
      case "bilinear" -> TorchResize.bilinearByFactor(picture, factor);
      default -> TorchResize.areaByFactor(picture, factor);
    };
  }
}
