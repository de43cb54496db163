package io.stablesr.bench;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.metric.LabShift;
import io.stablesr.metric.Lpips;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.Niqe;
import io.stablesr.metric.NiqeModel;
import io.stablesr.metric.PairMetric;
import io.stablesr.metric.PairedDifference;
import io.stablesr.metric.Psnr;
import io.stablesr.metric.Ssim;
import io.stablesr.metric.TrunkInput;
import io.stablesr.network.PerceptualTrunk;
import io.stablesr.restore.SeverityEstimate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Scores folders of results against the true pictures of the same stems:
 *
 * <pre>
 * ModelJudge --truth DIR --baseline NAME=DIR [NAME=DIR ...] [--border N] [--niqe NPZ]
 *     [--squeeze H5 --heads PTH] [--low DIR]
 * </pre>
 *
 * Prints the means of PSNR and SSIM of ycbcr luma, LPIPS with SqueezeNet, NIQE and Lab shift per
 * folder, and the paired differences to the baseline with bootstrap 95 % intervals; {@code *} marks
 * an interval that leaves 0 out. Only stems that all folders have are scored. With {@code --low},
 * the folder of the inputs, the first two folders are results without and with cleaning, and it
 * prints what choosing by severity gives ({@link SeverityChoice}).
 */
public final class ModelJudge {
  private final Map<String, Path> folders = new LinkedHashMap<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(100_000_000, 100));

  private ModelJudge(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--") && !args[i].equals("--baseline")) {
        options.put(args[i].substring(2), args[++i]);
      } else {
        String[] folder = args[args[i].equals("--baseline") ? ++i : i].split("=", 2);
        folders.put(folder[0], Path.of(folder[1]));
      }
    }
  }

  /** Scores and prints. */
  public static void main(String[] args) throws IOException {
    new ModelJudge(args).run();
  }

  private void run() throws IOException {
    Map<String, Path> truths = stems(Path.of(options.get("truth")));
    Map<String, Map<String, Path>> results = new LinkedHashMap<>();
    for (Map.Entry<String, Path> folder : folders.entrySet()) {
      results.put(folder.getKey(), stems(folder.getValue()));
    }
    List<String> common = new ArrayList<>(truths.keySet());
    results.values().forEach(files -> common.retainAll(files.keySet()));
    System.out.printf(
        "%d pictures that all have (of %d true ones)%n", common.size(), truths.size());
    int border = Integer.parseInt(options.getOrDefault("border", "0"));
    Map<String, PairMetric> metrics = new LinkedHashMap<>();
    metrics.put("PSNR-Y", new Psnr(MetricColor.YCBCR_LUMA, border));
    metrics.put("SSIM-Y", new Ssim(MetricColor.YCBCR_LUMA, border));
    Niqe niqe = new Niqe(niqeModel());
    metrics.put("NIQE", (picture, truth) -> niqe.score(picture));
    metrics.put("LabShift", new LabShift());
    if (options.containsKey("squeeze")) {
      Path converted = Files.createTempFile("squeeze", ".safetensors");
      KerasSqueezeNet.convert(Path.of(options.get("squeeze")), converted);
      try (Checkpoint trunk = Checkpoint.open(converted);
          Checkpoint heads = Checkpoint.open(Path.of(options.get("heads")));
          TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 0);
          Lpips lpips =
              new Lpips(
                  engine,
                  PerceptualTrunk.SQUEEZE,
                  Weights.of(trunk),
                  Weights.of(heads),
                  TrunkInput.CAFFE)) {
        metrics.put("LPIPS-sq", lpips);
        judge(common, truths, results, metrics);
      } finally {
        Files.delete(converted);
      }
    } else {
      judge(common, truths, results, metrics);
    }
  }

  private NiqeModel niqeModel() throws IOException {
    if (!options.containsKey("niqe")) {
      return NiqeModel.free();
    }
    try (InputStream file = Files.newInputStream(Path.of(options.get("niqe")))) {
      return NiqeModel.read(file);
    }
  }

  private void judge(
      List<String> stems,
      Map<String, Path> truths,
      Map<String, Map<String, Path>> results,
      Map<String, PairMetric> metrics)
      throws IOException {
    Map<String, Map<String, double[]>> scores = new LinkedHashMap<>();
    for (String name : results.keySet()) {
      Map<String, double[]> of = new LinkedHashMap<>();
      metrics.keySet().forEach(metric -> of.put(metric, new double[stems.size()]));
      scores.put(name, of);
    }
    for (int i = 0; i < stems.size(); i++) {
      FloatTensor truth = read(truths.get(stems.get(i)));
      for (String name : results.keySet()) {
        FloatTensor picture = read(results.get(name).get(stems.get(i)));
        for (Map.Entry<String, PairMetric> metric : metrics.entrySet()) {
          scores.get(name).get(metric.getKey())[i] = metric.getValue().score(picture, truth);
        }
      }
    }
    print(scores);
    if (options.containsKey("low")) {
      printChoice(stems, scores);
    }
  }

  private void printChoice(List<String> stems, Map<String, Map<String, double[]>> scores)
      throws IOException {
    Map<String, Path> inputs = stems(Path.of(options.get("low")));
    double[] severities = new double[stems.size()];
    for (int i = 0; i < severities.length; i++) {
      severities[i] = SeverityEstimate.of(read(inputs.get(stems.get(i)))).severity();
    }
    List<Map<String, double[]>> pair = List.copyOf(scores.values()).subList(0, 2);
    for (String metric : pair.get(0).keySet()) {
      double sign = metric.startsWith("PSNR") || metric.startsWith("SSIM") ? -1 : 1;
      new SeverityChoice(
              severities,
              signed(pair.get(0).get(metric), sign),
              signed(pair.get(1).get(metric), sign))
          .print(sign < 0 ? "minus " + metric : metric, System.out);
    }
  }

  private static double[] signed(double[] values, double sign) {
    return java.util.Arrays.stream(values).map(value -> sign * value).toArray();
  }

  private static void print(Map<String, Map<String, double[]>> scores) {
    String baseline = scores.keySet().iterator().next();
    scores.forEach(
        (name, metrics) -> {
          StringBuilder line = new StringBuilder("%-16s".formatted(name));
          metrics.forEach((metric, values) -> line.append(cell(metric, values)));
          System.out.println(line);
        });
    scores.forEach(
        (name, metrics) -> {
          if (!name.equals(baseline)) {
            System.out.printf("%s - %s:%n", name, baseline);
            metrics.forEach(
                (metric, values) -> {
                  PairedDifference d =
                      PairedDifference.of(values, scores.get(baseline).get(metric));
                  System.out.printf(
                      Locale.ROOT,
                      "  %-9s %+9.4f  [%+9.4f, %+9.4f] %s%n",
                      metric,
                      d.mean(),
                      d.low(),
                      d.high(),
                      d.isClear() ? "*" : "");
                });
          }
        });
  }

  private static String cell(String metric, double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return String.format(Locale.ROOT, "  %s %8.4f", metric, sum / values.length);
  }

  private FloatTensor read(Path file) throws IOException {
    return decoder.decode(file.toString(), Files.readAllBytes(file)).rgb();
  }

  private static Map<String, Path> stems(Path folder) throws IOException {
    Map<String, Path> stems = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.toString().matches("(?i).*\\.(png|jpg|jpeg|webp|bmp|tiff?)"))
          .forEach(
              file -> stems.put(file.getFileName().toString().replaceFirst("\\.[^.]+$", ""), file));
    }
    return stems;
  }
}
