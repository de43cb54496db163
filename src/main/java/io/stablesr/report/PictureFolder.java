package io.stablesr.report;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import io.stablesr.image.TorchResize;
import io.stablesr.job.ReportOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes the pictures of a report under names of its own, so that nothing of an image's name gets
 * into a path.
 */
final class PictureFolder {
  static final String NAME = "pictures";

  /** Pictures per image: more cannot be looked through. */
  static final int MOST_METHODS = 8;

  private static final int THUMBNAIL_WIDTH = 360;
  private static final int THUMBNAIL_HEIGHT = 270;
  private static final int QUALITY = 92;

  private final Path folder;
  private final PictureSource source;
  private final SeamFinder seams;
  private final ReportOptions options;
  private final Consumer<String> listener;
  private final ImageDecoder decoder;
  private final ImageEncoder encoder =
      new ImageEncoder(new OutputFormat.Jpeg(QUALITY), PixelRounding.ROUND);

  PictureFolder(
      Path folder,
      PictureSource source,
      SeamFinder seams,
      ReportOptions options,
      Consumer<String> listener) {
    this.folder = folder;
    this.source = source;
    this.seams = seams;
    this.options = options;
    this.listener = listener;
    this.decoder = new ImageDecoder(new DecodeLimits(options.maxResultPixels()));
  }

  /** Writes the pictures of these images; those without a readable result are left out. */
  List<ShownImage> write(ReportTable table, List<String> images) throws IOException {
    Files.createDirectories(folder);
    List<ShownImage> shown = new ArrayList<>();
    for (String image : images) {
      write(table, image, "%05d".formatted(shown.size() + 1)).ifPresent(shown::add);
    }
    return List.copyOf(shown);
  }

  private Optional<ShownImage> write(ReportTable table, String image, String number)
      throws IOException {
    Map<Integer, String> files = new TreeMap<>();
    ReportCase first = null;
    FloatTensor size = null;
    int fullHeight = 0;
    int fullWidth = 0;
    for (int m = 0; m < table.methods().size() && files.size() < MOST_METHODS; m++) {
      Optional<ReportCase> one = table.done(image, m).stream().findFirst();
      Optional<FloatTensor> result = one.flatMap(found -> read(found, found.files().output()));
      if (result.isEmpty()) {
        continue;
      }
      FloatTensor picture = result.orElseThrow();
      if (first == null) {
        first = one.orElseThrow();
        fullHeight = picture.dim(1);
        fullWidth = picture.dim(2);
        size = reduced(picture);
        writeJpeg(thumbnail(size), number + "-small");
        files.put(m, writeJpeg(size, number + "-" + m));
      } else {
        // Results of another size, as of another scale, are laid over the first all the same.
        files.put(m, writeJpeg(resized(picture, size.dim(1), size.dim(2)), number + "-" + m));
      }
    }
    if (first == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ShownImage(
            image,
            size.dim(2),
            size.dim(1),
            fullWidth,
            fullHeight,
            NAME + "/" + number + "-small.jpg",
            beside(first, first.files().input(), size, number + "-before"),
            beside(first, first.files().truth(), size, number + "-truth"),
            files,
            seams.of(first)));
  }

  /** Another picture in the size of the results; empty when it is not there. */
  private String beside(ReportCase one, String uri, FloatTensor size, String name)
      throws IOException {
    Optional<FloatTensor> picture = uri.isEmpty() ? Optional.empty() : read(one, uri);
    return picture.isEmpty()
        ? ""
        : writeJpeg(resized(picture.orElseThrow(), size.dim(1), size.dim(2)), name);
  }

  private Optional<FloatTensor> read(ReportCase one, String uri) {
    try {
      return Optional.of(decoder.decode(uri, source.read(uri)).rgb());
    } catch (StableSrException e) {
      listener.accept("%s has no picture of %s: %s".formatted(one.imageId(), uri, e.getMessage()));
      return Optional.empty();
    }
  }

  private FloatTensor reduced(FloatTensor picture) {
    double pixels = (double) picture.dim(1) * picture.dim(2);
    double factor = Math.sqrt(options.picturePixels() / pixels);
    return factor >= 1
        ? picture
        : resized(
            picture,
            Math.max(1, (int) (picture.dim(1) * factor)),
            Math.max(1, (int) (picture.dim(2) * factor)));
  }

  private static FloatTensor thumbnail(FloatTensor picture) {
    double factor =
        Math.min(
            1,
            Math.min(
                (double) THUMBNAIL_WIDTH / picture.dim(2),
                (double) THUMBNAIL_HEIGHT / picture.dim(1)));
    return resized(
        picture,
        Math.max(1, (int) Math.round(picture.dim(1) * factor)),
        Math.max(1, (int) Math.round(picture.dim(2) * factor)));
  }

  /** Bicubic where it is enlarged, area where it is reduced. */
  private static FloatTensor resized(FloatTensor picture, int height, int width) {
    if (picture.dim(1) == height && picture.dim(2) == width) {
      return picture;
    }
    FloatTensor resized =
        height <= picture.dim(1) && width <= picture.dim(2)
            ? TorchResize.area(picture, height, width)
            : TorchResize.bicubic(picture, height, width);
    float[] values = resized.data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, Math.min(1, values[i]));
    }
    return resized;
  }

  private String writeJpeg(FloatTensor picture, String name) throws IOException {
    String file = name + ".jpg";
    try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
      encoder.encode(picture, Optional.empty(), Map.of(), out);
    }
    return NAME + "/" + file;
  }
}
