package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.Margins;
import io.stablesr.image.PilResize;
import io.stablesr.image.TorchResize;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** 13: {@code <operation>/in} to {@code <operation>/<result>}; the name says the operation. */
final class ResizeReplayer implements Replayer {
  private static final Pattern RESIZE_CROP = Pattern.compile("torchvision_resize(\\d+)_crop.*");

  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher name : replay.golden().matching("(.+)/(?!in$)([^/]+)")) {
      String operation = name.group(1);
      if (!replay.golden().has(operation + "/in")) {
        continue;
      }
      FloatTensor in = replay.input(operation + "/in");
      if (operation.startsWith("pil_lanczos")) {
        lanczos(replay, name.group(), in);
      } else {
        torch(replay, operation, name, in);
      }
    }
  }

  private static void torch(Replay replay, String operation, Matcher name, FloatTensor in) {
    int[] shape = replay.golden().shape(name.group());
    Tolerance tolerance =
        operation.startsWith("reflect_pad") ? Tolerance.EXACT : replay.tolerances().arithmetic();
    Matcher resizeCrop = RESIZE_CROP.matcher(operation);
    FloatTensor out;
    if (operation.startsWith("bicubic")) {
      out = Pictures.each(in, picture -> TorchResize.bicubic(picture, shape[2], shape[3]));
    } else if (operation.startsWith("bilinear")) {
      out = Pictures.each(in, picture -> TorchResize.bilinear(picture, shape[2], shape[3]));
    } else if (operation.startsWith("reflect_pad")) {
      Margins margins = Margins.bottomRight(shape[2] - in.dim(2), shape[3] - in.dim(3));
      out = Pictures.each(in, picture -> Borders.reflectPad(picture, margins));
    } else if (resizeCrop.matches()) {
      int side = Integer.parseInt(resizeCrop.group(1));
      out =
          Pictures.each(
              in,
              picture ->
                  Borders.centerCrop(
                      PublishedGeometry.resizedShortEdge(picture, side), shape[2], shape[3]));
    } else {
      replay.omit(name.group(), "no operation of this name");
      return;
    }
    boolean clamped = name.group(2).equals("clamped");
    replay.check(name.group(), clamped ? Pictures.clamped(out, -1, 1) : out, tolerance);
  }

  private static void lanczos(Replay replay, String name, FloatTensor in) {
    int[] shape = replay.golden().shape(name);
    FloatTensor out = PilResize.lanczos(Pictures.fromBytes(in), shape[0], shape[1]);
    // Results are k/255 exactly; half a level keeps truncation from falling below k.
    replay.check(name, Pictures.toBytes(Pictures.affine(out, 1, 0.5f / 255)), Tolerance.EXACT);
  }
}
