package io.stablesr.bench;

import io.stablesr.bench.Turns.Taken;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.Borders;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.Margins;
import io.stablesr.image.TorchResize;
import io.stablesr.job.SettingKeys;
import io.stablesr.job.Settings;
import io.stablesr.job.SettingsLayer;
import io.stablesr.job.SettingsReader;
import io.stablesr.metric.MetricColor;
import io.stablesr.metric.Psnr;
import io.stablesr.metric.SeamScore;
import io.stablesr.metric.TileBorders;
import io.stablesr.restore.ModelBundle;
import io.stablesr.restore.ModelDescription;
import io.stablesr.restore.UpscaleListener;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.UpscaleRequest;
import io.stablesr.restore.UpscaleResult;
import io.stablesr.restore.Upscaler;
import io.stablesr.restore.UpscalerFactories;
import io.stablesr.restore.UpscalerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Which overlap of tiles leaves no seam, and what it costs: the middle of photographs, reduced by 4
 * and enlarged again by a model in small tiles, beside the same in one tile. Arguments: bundle
 * folder, side of a tile and overlaps in latents ({@code 64 4,8,16}), side of the result in pixels,
 * photographs.
 */
public final class OverlapBenchmark {
  private static final int SCALE = 4;
  private static final Psnr PSNR = new Psnr(MetricColor.YCBCR_LUMA, 4);

  private final Path bundle;
  private final ModelDescription description;
  private final int sidePixels;
  private final List<FloatTensor> truths = new ArrayList<>();
  private final List<FloatTensor> untiled = new ArrayList<>();

  private OverlapBenchmark(Path bundle, int sidePixels) throws IOException {
    this.bundle = bundle;
    this.description =
        ModelBundle.open(bundle.toString(), Files.createTempDirectory("overlap")).description();
    this.sidePixels = sidePixels;
  }

  /** Prints a line per overlap; in brackets are standard errors of means over the pictures. */
  public static void main(String[] args) throws IOException {
    int tileLatents = Integer.parseInt(args[1]);
    int[] overlaps = Arrays.stream(args[2].split(",")).mapToInt(Integer::parseInt).toArray();
    OverlapBenchmark benchmark = new OverlapBenchmark(Path.of(args[0]), Integer.parseInt(args[3]));
    for (String photograph : Arrays.asList(args).subList(4, args.length)) {
      benchmark.truths.add(benchmark.truth(Path.of(photograph)));
    }
    benchmark.evaluateWhole();
    try (Model model = benchmark.open(tileLatents)) {
      // Compiles the networks.
      model.upscale(FloatTensor.zeros(3, tileLatents / 2, tileLatents / 2), overlaps[0]);
      for (int overlap : overlaps) {
        benchmark.measure(model, tileLatents, overlap);
      }
    }
  }

  /** The middle of a photograph whose shorter side was reduced to the side of the result. */
  private FloatTensor truth(Path file) throws IOException {
    FloatTensor whole =
        new ImageDecoder(DecodeLimits.defaults())
            .decode(file.getFileName().toString(), Files.readAllBytes(file))
            .rgb();
    double factor = (double) sidePixels / Math.min(whole.dim(1), whole.dim(2));
    FloatTensor reduced =
        TorchResize.area(
            whole,
            (int) Math.round(whole.dim(1) * factor),
            (int) Math.round(whole.dim(2) * factor));
    return Borders.centerCrop(reduced, sidePixels, sidePixels);
  }

  private FloatTensor input(FloatTensor truth) {
    return TorchResize.area(truth, sidePixels / SCALE, sidePixels / SCALE);
  }

  private void evaluateWhole() throws IOException {
    try (Model whole = open(canvasLatents())) {
      for (FloatTensor truth : truths) {
        UpscaleResult result = whole.upscale(input(truth), 0);
        if (result.tiles() != 1) {
          throw new IllegalStateException(result.tiles() + " tiles in place of one");
        }
        untiled.add(result.image());
      }
    }
    System.out.printf(
        "one tile of %d latents: PSNR %.3f%n", canvasLatents(), meanPsnr(truths, untiled));
  }

  private void measure(Model model, int tileLatents, int overlap) {
    SeamLines lines =
        SeamLines.along(canvasLatents(), tileLatents, overlap, pixelsPerLatent(), margin());
    SeamScore score =
        new SeamScore(
            new TileBorders(tileLatents * pixelsPerLatent(), overlap * pixelsPerLatent()));
    List<SeamMeasure> measures = new ArrayList<>();
    List<FloatTensor> tiled = new ArrayList<>();
    double seconds = 0;
    double worst = 0;
    double worstUntiled = 0;
    int tiles = 0;
    for (int i = 0; i < truths.size(); i++) {
      FloatTensor input = input(truths.get(i));
      List<UpscaleResult> results = new ArrayList<>();
      Taken taken = Turns.once(() -> results.add(model.upscale(input, overlap)));
      FloatTensor picture = results.get(0).image();
      seconds += taken.processorSeconds();
      tiles = results.get(0).tiles();
      tiled.add(picture);
      measures.add(SeamMeasure.of(picture, untiled.get(i), lines, lines));
      worst = Math.max(worst, score.score(padded(picture)));
      worstUntiled = Math.max(worstUntiled, score.score(padded(untiled.get(i))));
    }
    System.out.printf(
        "overlap %2d: %3d tiles, %6.2f processor s per picture; kinks in percent: borders %s,"
            + " crossings %s; difference: borders %s, crossings %s, whole %s levels; seam %.2f,"
            + " untiled %.2f; PSNR %.3f%n",
        overlap,
        tiles,
        seconds / truths.size(),
        mean(measures, measure -> 100 * measure.borderKinks()),
        mean(measures, measure -> 100 * measure.crossingKinks()),
        mean(measures, SeamMeasure::borderDifference),
        mean(measures, SeamMeasure::crossingDifference),
        mean(measures, SeamMeasure::differenceLevels),
        worst,
        worstUntiled,
        meanPsnr(truths, tiled));
  }

  /** Mean over the pictures with its standard error. */
  private static String mean(List<SeamMeasure> measures, ToDoubleFunction<SeamMeasure> value) {
    double[] values = measures.stream().mapToDouble(value).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(one -> (one - mean) * (one - mean)).sum();
    return "%.2f (%.2f)".formatted(mean, Math.sqrt(squares / (values.length - 1) / values.length));
  }

  private static double meanPsnr(List<FloatTensor> truths, List<FloatTensor> pictures) {
    double sum = 0;
    for (int i = 0; i < truths.size(); i++) {
      sum += PSNR.score(pictures.get(i), truths.get(i));
    }
    return sum / truths.size();
  }

  /** With margins, so that tiles begin at the picture's corner as {@link SeamScore} expects. */
  private FloatTensor padded(FloatTensor picture) {
    return Borders.reflectPad(picture, new Margins(margin(), margin(), margin(), margin()));
  }

  private int margin() {
    return description.geometry().borderPixels();
  }

  private int pixelsPerLatent() {
    return description.architecture().autoencoder().downsampling();
  }

  private int canvasLatents() {
    int pixels = sidePixels + 2 * margin();
    if (pixels % description.geometry().multiplePixels() != 0) {
      throw new IllegalArgumentException(
          "With margins the side has %d pixels, which is no multiple of %d"
              .formatted(pixels, description.geometry().multiplePixels()));
    }
    return pixels / pixelsPerLatent();
  }

  /** The bundle with tiles of another size. */
  private Model open(int tileLatents) throws IOException {
    Path folder = Files.createTempDirectory("tiles-" + tileLatents);
    String conf = Files.readString(bundle.resolve("model.conf"));
    Files.writeString(
        folder.resolve("model.conf"),
        conf.replaceFirst("(?m)^tile-latents = \\d+", "tile-latents = " + tileLatents));
    for (ModelDescription.BundleFile file : description.files()) {
      Files.createSymbolicLink(
          folder.resolve(file.name()), bundle.resolve(file.name()).toAbsolutePath());
    }
    return new Model(folder);
  }

  /** An open model with the settings of its bundle. */
  private static final class Model implements AutoCloseable {
    private final Settings settings;
    private final Upscaler upscaler;

    Model(Path folder) {
      UpscalerFactory factory = UpscalerFactories.find();
      settings =
          Settings.of(
              SettingKeys.reference(),
              List.of(
                  SettingsLayer.ofCommandLine(
                      Map.of(
                          "model.bundle", folder.toString(), "upscale.vae-tile-pixels", "4096"))),
              name -> factory.describe(name).defaults());
      upscaler = factory.open(SettingsReader.model(settings.values()));
    }

    UpscaleResult upscale(FloatTensor input, int overlapLatents) {
      UpscaleOptions options =
          SettingsReader.upscale(
              SettingsLayer.ofCommandLine(
                      Map.of("sampling.overlap-latents", Integer.toString(overlapLatents)))
                  .values()
                  .withFallback(settings.values()));
      return upscaler.upscale(new UpscaleRequest("photo", input, options), UpscaleListener.NONE);
    }

    @Override
    public void close() {
      upscaler.close();
    }
  }
}
