package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.TorchResize;
import io.stablesr.job.ImageCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The demonstration's photographs. They lie in the published test jar of TwelveMonkeys' WebP
 * plug-in, which the build puts on the class path; none is part of this project.
 */
final class DemoPhotos {
  private static final String FOLDER = "webp/";

  /** The photographs among that jar's pictures, with names that say what is on them. */
  private static final Map<String, String> RESOURCES = resources();

  private final ImageCodec codec;
  private final long maxInputPixels;

  /**
   * @param maxInputPixels photographs are reduced to at most this many pixels
   */
  DemoPhotos(ImageCodec codec, long maxInputPixels) {
    if (maxInputPixels < 64) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "demo.max-input-pixels is %d; it must be 64 or above.".formatted(maxInputPixels));
    }
    this.codec = codec;
    this.maxInputPixels = maxInputPixels;
  }

  /** Writes every photograph, reduced, as PNG into the folder; returns the file names. */
  List<String> writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, String> photo : RESOURCES.entrySet()) {
      String name = photo.getKey() + ".png";
      FloatTensor picture = codec.decode(name, bytes(FOLDER + photo.getValue())).rgb();
      Files.write(folder.resolve(name), codec.encode(reduced(picture), Map.of()));
      names.add(name);
    }
    return names;
  }

  private static Map<String, String> resources() {
    Map<String, String> resources = new LinkedHashMap<>();
    resources.put("fjord", "1.webp");
    resources.put("fire-eater", "5.webp");
    resources.put("shoe", "photo-iccp-adobergb.webp");
    resources.put("rock", "test.webp");
    resources.put("slope", "segment01.webp");
    return Collections.unmodifiableMap(resources);
  }

  /** Area resampling: what a camera with fewer pixels would have seen. */
  private FloatTensor reduced(FloatTensor photo) {
    double factor = Math.sqrt((double) maxInputPixels / ((long) photo.dim(1) * photo.dim(2)));
    if (factor >= 1) {
      return photo;
    }
    return TorchResize.area(
        photo,
        Math.max(1, (int) (photo.dim(1) * factor)),
        Math.max(1, (int) (photo.dim(2) * factor)));
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream stream = DemoPhotos.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "The photograph %s is not on the class path; start the demonstration with jobs/demo."
                .formatted(resource));
      }
      return stream.readAllBytes();
    }
  }
}
