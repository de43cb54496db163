package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.metric.NiqeFitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fits {@code niqe-free.npz} to photographs: {@code NiqeFit FOLDER OUTPUT}. Pictures whose names
 * begin with {@code own-} are no photographs and are left out.
 */
public final class NiqeFit {
  private NiqeFit() {}

  /** Runs the fit. */
  public static void main(String[] args) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(Path.of(args[0]))) {
      files =
          found
              .filter(path -> path.toString().matches(".*\\.(png|jpg|jpeg)"))
              .filter(path -> !path.getFileName().toString().startsWith("own-"))
              .sorted()
              .toList();
    }
    ImageDecoder decoder = new ImageDecoder(new DecodeLimits(100_000_000, 100));
    NiqeFitter fitter = new NiqeFitter();
    int blocks = 0;
    for (Path file : files) {
      FloatTensor picture = decoder.decode(file.toString(), Files.readAllBytes(file)).rgb();
      int taken = fitter.add(picture);
      blocks += taken;
      System.out.printf("%s %dx%d %d%n", file.getFileName(), picture.dim(2), picture.dim(1), taken);
    }
    Files.write(Path.of(args[1]), fitter.model().write());
    System.out.printf("%d pictures, %d blocks%n", files.size(), blocks);
  }
}
