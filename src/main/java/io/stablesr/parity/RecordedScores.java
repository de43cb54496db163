package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.Borders;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Recorded results of a metric: scores in a JSON file beside the tensors, of pictures in the folder
 * {@code images}; {@code hr_NAME.png} is the true picture of {@code sr_NAME.png}.
 */
final class RecordedScores {
  /** One evaluation of a full-size metric network, and scores that follow from it. */
  static final Tolerance NETWORK = Tolerance.relative(1e-4);

  /** Values kept of a recorded activation, at most. */
  private static final int[] SAMPLES = {2048, 4096, 8192};

  private final Path folder;
  private final Replay replay;
  private final JsonObject figures;
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  /** Of a file of tensors. */
  RecordedScores(Path file, Replay replay) {
    this.folder = file.toAbsolutePath().getParent();
    this.replay = replay;
    this.figures =
        JsonFiles.object(
            folder.resolve(Replayers.withoutEnding(file.getFileName().toString()) + ".json"));
  }

  JsonObject figures() {
    return figures;
  }

  JsonObject part(String name) {
    return figures.getAsJsonObject(name);
  }

  /** The names of pictures that have a true one, sorted. */
  List<String> names() {
    try (Stream<Path> files = Files.list(folder.resolve("images"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("hr_"))
          .map(name -> Replayers.withoutEnding(name).substring(3))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "The folder %s of recorded pictures cannot be listed."
              .formatted(folder.resolve("images")),
          e);
    }
  }

  /** A picture {@code [3,H,W]} in 0..1. */
  FloatTensor picture(String name) {
    Path file = folder.resolve("images").resolve(name + ".png");
    try {
      return decoder.decode(file.toString(), Files.readAllBytes(file)).rgb();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The part of a picture that a case is about. */
  FloatTensor crop(String name, JsonObject part) {
    return crop(picture(name), part.getAsJsonArray("crop_y_x_h_w"));
  }

  /** The box {@code y, x, h, w} of a picture. */
  static FloatTensor crop(FloatTensor picture, JsonArray box) {
    return Borders.crop(
        picture,
        box.get(0).getAsInt(),
        box.get(1).getAsInt(),
        box.get(2).getAsInt(),
        box.get(3).getAsInt());
  }

  /** Compares a score with that of a JSON object. */
  void check(String what, double actual, JsonObject of, String figure, Tolerance tolerance) {
    check(what, actual, of.get(figure).getAsDouble(), tolerance);
  }

  /** Compares a score. */
  void check(String what, double actual, double expected, Tolerance tolerance) {
    replay.check(what, new double[] {actual}, new double[] {expected}, tolerance);
  }

  /** Compares the values of an activation that were kept: every n-th. */
  void checkSampled(String name, FloatTensor actual) {
    if (!replay.golden().has(name)) {
      return;
    }
    double[] expected = replay.golden().doubles(name);
    int stride = stride(actual.size(), expected.length);
    if (stride == 0) {
      replay.fail(
          name,
          NETWORK,
          "recorded are %d values, which are no regular part of our %d"
              .formatted(expected.length, actual.size()));
      return;
    }
    double[] kept = new double[expected.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = actual.data()[i * stride];
    }
    replay.check(name, kept, expected, NETWORK);
  }

  private static int stride(int size, int kept) {
    for (int most : SAMPLES) {
      int stride = (size + most - 1) / most;
      if ((size + stride - 1) / stride == kept) {
        return stride;
      }
    }
    return 0;
  }

  /** Lists what our graphs do not keep. */
  void omitInner(String regex) {
    replay
        .golden()
        .matching(regex)
        .forEach(
            name -> replay.omit(name.group(), "our graph has no separate tensor at this place"));
  }
}
