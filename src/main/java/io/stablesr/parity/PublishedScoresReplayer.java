package io.stablesr.parity;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.Psnr;
import io.stablesr.metric.Ssim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code METHOD_metrics.csv}: what others published of their results in the folder METHOD against
 * the true pictures in {@code gt}; columns {@code image}, {@code PSNR} and {@code SSIM} are
 * compared, of luma in studio range without border. Pictures that are not there are listed.
 */
final class PublishedScoresReplayer implements Replayer {
  /** Printed with six digits after the point. */
  private static final Tolerance TOLERANCE = Tolerance.absolute(1e-5);

  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());

  @Override
  public void replay(Path file, Replay replay) {
    List<String> lines = lines(file);
    List<String> header = List.of(lines.get(0).split(",", -1));
    Path results =
        file.resolveSibling(file.getFileName().toString().replaceFirst("_metrics[.]csv$", ""));
    int image = column(file, header, "image");
    int psnr = column(file, header, "PSNR");
    int ssim = column(file, header, "SSIM");
    List<double[]> ours = new ArrayList<>();
    List<double[]> published = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      Path result = results.resolve(fields[image]);
      Path truth = file.resolveSibling("gt").resolve(fields[image]);
      if (!Files.exists(result) || !Files.exists(truth)) {
        replay.omit(fields[image], "the picture or its true one is not in the folder");
        continue;
      }
      FloatTensor picture = read(result);
      FloatTensor known = read(truth);
      ours.add(
          new double[] {
            new Psnr(MetricColor.YCBCR_LUMA, 0).score(picture, known),
            new Ssim(MetricColor.YCBCR_LUMA, 0).score(picture, known)
          });
      published.add(
          new double[] {Double.parseDouble(fields[psnr]), Double.parseDouble(fields[ssim])});
    }
    for (int i = 0; i < 2 && !ours.isEmpty(); i++) {
      int at = i;
      replay.check(
          "%s of %d pictures".formatted(i == 0 ? "PSNR" : "SSIM", ours.size()),
          ours.stream().mapToDouble(row -> row[at]).toArray(),
          published.stream().mapToDouble(row -> row[at]).toArray(),
          TOLERANCE);
    }
    header.stream()
        .filter(name -> !List.of("image", "PSNR", "SSIM").contains(name))
        .forEach(name -> replay.omit(name, "needs weights that are not in the folder"));
  }

  private static int column(Path file, List<String> header, String name) {
    int at = header.indexOf(name);
    if (at < 0) {
      throw new StableSrException(
          ErrorCode.MANIFEST,
          "%s has no column %s; it has %s.".formatted(file, name, String.join(", ", header)));
    }
    return at;
  }

  private static List<String> lines(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty() ? Arrays.asList("") : lines;
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private FloatTensor read(Path file) {
    try {
      return decoder.decode(file.toString(), Files.readAllBytes(file)).rgb();
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.INPUT_READ, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
