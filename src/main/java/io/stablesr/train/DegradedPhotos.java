package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.degrade.DegradationPreset;
import io.stablesr.degrade.DegradedPair;
import io.stablesr.degrade.Degrader;
import io.stablesr.degrade.Drawer;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Photographs that are degraded while training goes on, as the published training does it: a random
 * piece, mirrored half the time, degraded on its own.
 */
public final class DegradedPhotos implements PictureSource {
  private static final int ATTEMPTS = 100;

  private final List<Path> photos;
  private final Drawer drawer;

  private DegradedPhotos(List<Path> photos, Drawer drawer) {
    this.photos = photos;
    this.drawer = drawer;
  }

  /** The photographs in a folder, under a preset. */
  public static DegradedPhotos of(Path folder, DegradationPreset preset) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> photos = files.filter(Files::isRegularFile).sorted().toList();
      if (photos.isEmpty()) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "There is no photograph in %s; set photos.".formatted(folder));
      }
      return new DegradedPhotos(photos, new Drawer(preset, Patch.SCALE));
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "Folder %s cannot be read: %s".formatted(folder, e), e);
    }
  }

  @Override
  public PatchBatch draw(RandomGenerator random, int count, int side) {
    FloatTensor source = FloatTensor.zeros(count, 3, side, side);
    FloatTensor truth = FloatTensor.zeros(count, 3, side, side);
    for (int i = 0; i < count; i++) {
      DegradedPair pair = pair(random, side);
      put(pair.condition(), source, i);
      put(pair.groundTruth(), truth, i);
    }
    return new PatchBatch(source, truth, truth);
  }

  /** One degraded piece. */
  DegradedPair pair(RandomGenerator random, int side) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path photo = photos.get(random.nextInt(photos.size()));
      FloatTensor picture = decode(photo);
      if (picture.dim(1) >= side && picture.dim(2) >= side) {
        int top = random.nextInt(picture.dim(1) - side + 1);
        int left = random.nextInt(picture.dim(2) - side + 1);
        FloatTensor piece = PatchMaker.crop(picture, top, left, side);
        if (random.nextBoolean()) {
          piece = mirrored(piece);
        }
        return Degrader.apply(
            piece, drawer.draw(random.nextLong(), photo.getFileName().toString()));
      }
    }
    throw new StableSrException(
        ErrorCode.INPUT_NOT_FOUND,
        "Hardly any of the %d photographs has %d pixels along both sides; set a smaller side."
            .formatted(photos.size(), side));
  }

  private static FloatTensor decode(Path photo) {
    try {
      return new ImageDecoder(DecodeLimits.defaults())
          .decode(photo.toString(), Files.readAllBytes(photo))
          .rgb();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FloatTensor mirrored(FloatTensor picture) {
    FloatTensor out = FloatTensor.zeros(picture.shape());
    int width = picture.dim(2);
    for (int i = 0; i < out.size(); i++) {
      out.data()[i] = picture.data()[i / width * width + width - 1 - i % width];
    }
    return out;
  }

  private static void put(FloatTensor picture, FloatTensor batch, int index) {
    for (int i = 0; i < picture.size(); i++) {
      batch.data()[index * picture.size() + i] = 2 * picture.data()[i] - 1;
    }
  }
}
