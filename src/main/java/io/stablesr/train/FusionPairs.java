package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
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
 * The training set of the fusion, in the published layout: {@code inputs/}, {@code gts/} with 8-bit
 * pictures of one size, {@code latents/} with the generated scaled latents; the file names agree.
 */
public final class FusionPairs {
  static final String INPUTS = "inputs";
  static final String TRUTHS = "gts";
  static final String LATENTS = "latents";
  static final String SAMPLES = "samples";

  private final Path folder;
  private final List<String> names;

  private FusionPairs(Path folder, List<String> names) {
    this.folder = folder;
    this.names = names;
  }

  /**
   * Examples.
   *
   * @param input low-quality pictures at full size {@code [N,3,H,W]} in -1..1
   * @param groundTruth good pictures
   * @param latent generated scaled latents {@code [N,4,H/f,W/f]}
   */
  record Batch(FloatTensor input, FloatTensor groundTruth, FloatTensor latent) {}

  /** The complete examples in a folder. */
  public static FusionPairs of(Path folder) {
    try (Stream<Path> latents = Files.list(folder.resolve(LATENTS))) {
      List<String> names =
          latents
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".npy"))
              .map(name -> name.substring(0, name.length() - 4))
              .filter(name -> Files.exists(picture(folder, INPUTS, name)))
              .filter(name -> Files.exists(picture(folder, TRUTHS, name)))
              .sorted()
              .toList();
      if (names.isEmpty()) {
        throw new StableSrException(
            ErrorCode.INPUT_NOT_FOUND,
            "There is no complete example in %s; run a stage of kind fusion-data first."
                .formatted(folder));
      }
      return new FusionPairs(folder, names);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND, "Folder %s cannot be read: %s".formatted(folder, e), e);
    }
  }

  /** The number of examples. */
  public int size() {
    return names.size();
  }

  Batch draw(RandomGenerator random, int count) {
    FloatTensor[] inputs = new FloatTensor[count];
    FloatTensor[] truths = new FloatTensor[count];
    FloatTensor[] latents = new FloatTensor[count];
    for (int i = 0; i < count; i++) {
      String name = names.get(random.nextInt(names.size()));
      try {
        inputs[i] = decode(picture(folder, INPUTS, name));
        truths[i] = decode(picture(folder, TRUTHS, name));
        latents[i] = NumpyFile.read(folder.resolve(LATENTS).resolve(name + ".npy"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Batch(stacked(inputs), stacked(truths), stacked(latents));
  }

  private static FloatTensor decode(Path file) throws IOException {
    FloatTensor picture =
        new ImageDecoder(DecodeLimits.defaults())
            .decode(file.toString(), Files.readAllBytes(file))
            .rgb();
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = 2 * picture.data()[i] - 1;
    }
    return picture;
  }

  private static FloatTensor stacked(FloatTensor[] parts) {
    int size = parts[0].size();
    float[] all = new float[size * parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].size() != size) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "The pictures or latents of the training set differ in size: %s and %s."
                .formatted(parts[0], parts[i]));
      }
      System.arraycopy(parts[i].data(), 0, all, i * size, size);
    }
    int rank = parts[0].rank();
    return FloatTensor.of(
        all, parts.length, parts[0].dim(rank - 3), parts[0].dim(rank - 2), parts[0].dim(rank - 1));
  }

  private static Path picture(Path folder, String part, String name) {
    return folder.resolve(part).resolve(name + ".png");
  }
}
