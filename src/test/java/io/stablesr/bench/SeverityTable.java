package io.stablesr.bench;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.restore.SeverityEstimate;
import io.stablesr.testing.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Estimates pictures as they are and made worse in known ways: {@code SeverityTable DIR...}. Prints
 * smallest, middle and largest value of each part, as the table of docs/precleaning.md.
 */
public final class SeverityTable {
  private final Map<String, List<SeverityEstimate>> found = new LinkedHashMap<>();

  private SeverityTable() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    SeverityTable table = new SeverityTable();
    for (String folder : args) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        for (Path file : files.sorted().toList()) {
          table.add(
              new ImageDecoder(DecodeLimits.defaults())
                  .decode(file.toString(), Files.readAllBytes(file))
                  .rgb());
        }
      }
    }
    table.found.forEach((name, estimates) -> System.out.println(line(name, estimates)));
  }

  private void add(FloatTensor picture) throws IOException {
    put("as they are", picture);
    for (int levels : new int[] {3, 6, 10, 20}) {
      put("noise " + levels, Damage.noise(picture, levels, 1));
    }
    for (double sigma : new double[] {0.8, 1.2, 2, 3}) {
      put("Gaussian blur " + sigma, Damage.blur(picture, sigma));
    }
    for (int quality : new int[] {95, 80, 60, 40, 20}) {
      put("JPEG " + quality, Damage.jpeg(picture, quality / 100f));
    }
  }

  private void put(String name, FloatTensor picture) {
    found.computeIfAbsent(name, key -> new ArrayList<>()).add(SeverityEstimate.of(picture));
  }

  private static String line(String name, List<SeverityEstimate> estimates) {
    return "| %s | %s | %s | %s | %s | %d of %d |"
        .formatted(
            name,
            spread(estimates, "%.1f", SeverityEstimate::noiseLevels),
            spread(estimates, "%.2f", SeverityEstimate::blockiness),
            spread(estimates, "%.2f", SeverityEstimate::blur),
            spread(estimates, "%.2f", SeverityEstimate::severity),
            estimates.stream().filter(estimate -> estimate.severity() >= 1).count(),
            estimates.size());
  }

  private static String spread(
      List<SeverityEstimate> estimates, String format, ToDoubleFunction<SeverityEstimate> part) {
    double[] sorted = estimates.stream().mapToDouble(part).sorted().toArray();
    return Stream.of(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1])
        .map(value -> String.format(Locale.ROOT, format, value))
        .collect(Collectors.joining(", "));
  }
}
