package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueType;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.core.Words;
import io.stablesr.diffusion.DdimTables;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.engine.ProcessorUse;
import io.stablesr.engine.Replay;
import io.stablesr.image.BitDepth;
import io.stablesr.image.ColorFix;
import io.stablesr.image.MetadataPolicy;
import io.stablesr.image.OutputBits;
import io.stablesr.image.OutputFidelity;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import io.stablesr.image.ProfilePolicy;
import io.stablesr.image.TiffCompression;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.ModelSettings;
import io.stablesr.restore.NetworkFiles;
import io.stablesr.restore.PreClean;
import io.stablesr.restore.TileSharing;
import io.stablesr.restore.UpscaleMethod;
import io.stablesr.restore.UpscaleOptions;
import io.stablesr.restore.faces.FaceOptions;
import io.stablesr.restore.faces.FaceSettings;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns settings into the values the engine takes. */
public final class SettingsReader {
  private static final String EMBEDDED_CLEANER = "stablesr-cleaner-x1";

  private SettingsReader() {}

  /** The {@code model} block; tiles of several images in flight share calls. */
  public static ModelSettings model(Config settings) {
    return new ModelSettings(
        settings.getString("model.bundle"),
        word(ModelDtype.class, settings, "model.dtype"),
        settings.getString("model.device"),
        new ProcessorUse(
            wholeNumber(settings, "model.threads"),
            1,
            settings.getDouble("model.small-call-gflop")),
        word(Replay.class, settings, "model.replay"),
        run(settings).imagesInFlight() > 1 ? TileSharing.ACROSS_IMAGES : TileSharing.WITHIN_IMAGE,
        word(UpscaleMethod.class, settings, "model.method"),
        new NetworkFiles(
            settings.getString("model.weights"),
            settings.getString("model.weak-weights"),
            settings.getDouble("model.denoise-strength"),
            settings.getString("model.predictor-weights")),
        NetworkFiles.of(cleaner(settings)),
        faces(settings));
  }

  /** The embedded one where inputs are to be cleaned and no other is named. */
  static String cleaner(Config settings) {
    String named = settings.getString("model.cleaner-weights");
    boolean wanted =
        word(PreClean.Mode.class, settings, "upscale.pre-clean") != PreClean.Mode.OFF
            && word(UpscaleMethod.class, settings, "model.method") == UpscaleMethod.STABLESR;
    return named.isBlank() && wanted ? EMBEDDED_CLEANER : named;
  }

  private enum Switch {
    OFF,
    ON
  }

  /** The {@code faces} block; empty where it is off. */
  public static Optional<FaceSettings> faces(Config settings) {
    FaceSettings faces =
        FaceSettings.of(
            settings.getString("faces.detector"),
            settings.getString("faces.restorer"),
            new FaceOptions(
                settings.getDouble("faces.fidelity"),
                settings.getDouble("faces.minimum-score"),
                settings.getDouble("faces.minimum-eye-distance-pixels")),
            word(FaceSettings.Refinement.class, settings, "faces.refine"));
    return word(Switch.class, settings, "faces.mode") == Switch.ON
        ? Optional.of(faces)
        : Optional.empty();
  }

  /**
   * The {@code upscale}, {@code sampling} and {@code compat} blocks.
   *
   * @throws StableSrException CONFIG also where {@code model.method} cannot do what they ask for
   */
  public static UpscaleOptions upscale(Config settings) {
    PreClean preClean =
        new PreClean(
            word(PreClean.Mode.class, settings, "upscale.pre-clean"),
            settings.getDouble("upscale.pre-clean-severity"));
    UpscaleMethod method = word(UpscaleMethod.class, settings, "model.method");
    if (method != UpscaleMethod.STABLESR) {
      preClean.requireOff(method);
    }
    return new UpscaleOptions(
        settings.getDouble("upscale.scale"),
        sampling(settings),
        settings.getDouble("upscale.fusion-weight"),
        word(ColorFix.class, settings, "upscale.color-fix"),
        wholeNumber(settings, "upscale.wavelet-levels"),
        wholeNumber(settings, "upscale.vae-tile-pixels"),
        longNumber(settings, "upscale.strip-pixels"),
        settings.getString("upscale.prompt"),
        settings.getString("upscale.negative-prompt"),
        longNumber(settings, "upscale.seed"),
        preClean);
  }

  /**
   * The same with what one image asks for instead.
   *
   * @throws StableSrException CONFIG also where an image is to be cleaned and the job has no
   *     cleaner
   */
  public static UpscaleOptions upscale(Config settings, Map<String, String> overrides) {
    UpscaleOptions options = upscale(ConfigFactory.parseMap(overrides).withFallback(settings));
    PreClean.Mode mode = options.preClean().mode();
    // The cleaner is loaded once for the job, whatever its images ask for.
    if (mode != PreClean.Mode.OFF && cleaner(settings).isBlank()) {
      throw PreClean.noCleaner(mode);
    }
    return options;
  }

  /** The {@code output} and {@code job} blocks. */
  public static JobOptions job(Config settings) {
    return new JobOptions(
        format(settings),
        new OutputFidelity(
            bits(settings),
            word(MetadataPolicy.class, settings, "output.metadata"),
            word(ProfilePolicy.class, settings, "output.icc")),
        settings.getBoolean("output.overwrite") ? ExistingOutput.REPLACE : ExistingOutput.SKIP,
        settings.getString("output.rows"),
        word(PixelRounding.class, settings, "compat.pixel-rounding"),
        wholeNumber(settings, "job.partitions"),
        longNumber(settings, "job.max-pixels"),
        wholeNumber(settings, "job.max-aspect-ratio"),
        wholeNumber(settings, "job.progress-seconds"));
  }

  /** The {@code degrade} block. */
  public static DegradeOptions degrade(Config settings) {
    return new DegradeOptions(
        PresetSource.of(settings.getString("degrade.preset")),
        wholeNumber(settings, "degrade.crop"),
        wholeNumber(settings, "degrade.count"),
        wholeNumber(settings, "degrade.scale"),
        longNumber(settings, "degrade.seed"),
        longNumber(settings, "degrade.min-pixels"));
  }

  /** The {@code input} block and what of the {@code job} block is about planning. */
  public static PlanOptions plan(Config settings) {
    return new PlanOptions(
        word(InputFormat.class, settings, "input.input-format"),
        new AllowedPrefixes(texts(settings, "input.allowed-prefixes")),
        wholeNumber(settings, "job.probe-threads"),
        wholeNumber(settings, "job.probe-spark-images"),
        settings.getDouble("job.partition-minutes"),
        longNumber(settings, "job.partition-bytes"),
        settings.getDouble("job.gflops-per-second"));
  }

  /** The {@code report} block. */
  public static ReportOptions report(Config settings) {
    return new ReportOptions(
        wholeNumber(settings, "report.images"),
        longNumber(settings, "report.picture-pixels"),
        longNumber(settings, "report.max-result-pixels"),
        wholeNumber(settings, "report.scored"),
        wholeNumber(settings, "report.listed"),
        texts(settings, "report.metrics"),
        settings.getString("report.rank-by"),
        longNumber(settings, "report.vote-seed"));
  }

  /** A list, or text with commas as the command line gives it. */
  private static List<String> texts(Config settings, String path) {
    if (settings.getValue(path).valueType() == ConfigValueType.LIST) {
      return settings.getStringList(path);
    }
    return Stream.of(settings.getString(path).split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** The {@code store} block and the part of the {@code job} block that deals with faults. */
  public static RunOptions run(Config settings) {
    return new RunOptions(
        settings.getBoolean("job.retry-failed")
            ? Ledger.FailedImages.RETRY
            : Ledger.FailedImages.KEEP,
        wholeNumber(settings, "job.read-ahead"),
        wholeNumber(settings, "job.write-behind"),
        wholeNumber(settings, "store.attempts"),
        longNumber(settings, "store.delay-millis"),
        wholeNumber(settings, "store.deadline-seconds"),
        wholeNumber(settings, "job.breaker-images"),
        settings.getDouble("job.breaker-ratio"),
        wholeNumber(settings, "job.images-in-flight"),
        wholeNumber(settings, "job.tasks-per-gpu"));
  }

  private static OutputFormat format(Config settings) {
    int quality = wholeNumber(settings, "output.jpeg-quality");
    if (quality < 1 || quality > 100) {
      throw invalid("output.jpeg-quality", quality, "in 1..100");
    }
    String format = settings.getString("output.format");
    return switch (format) {
      // The depth is chosen for each image.
      case "png" -> new OutputFormat.Png(BitDepth.EIGHT);
      case "tiff" ->
          new OutputFormat.Tiff(
              BitDepth.EIGHT, word(TiffCompression.class, settings, "output.tiff-compression"));
      case "jpeg" -> new OutputFormat.Jpeg(quality);
      default -> throw invalid("output.format", "'" + format + "'", "png, jpeg or tiff");
    };
  }

  private static OutputBits bits(Config settings) {
    String bits = settings.getString("output.bits");
    return switch (bits) {
      case "8" -> OutputBits.EIGHT;
      case "16" -> OutputBits.SIXTEEN;
      case "auto" -> OutputBits.AUTO;
      default -> throw invalid("output.bits", "'" + bits + "'", "8, 16 or auto");
    };
  }

  private static SamplingOptions sampling(Config settings) {
    return new SamplingOptions(
        word(SamplerKind.class, settings, "sampling.sampler"),
        wholeNumber(settings, "sampling.steps"),
        settings.getDouble("sampling.eta"),
        word(StartPoint.class, settings, "sampling.start"),
        wholeNumber(settings, "sampling.start-timestep"),
        settings.getDouble("sampling.guidance-scale"),
        wholeNumber(settings, "sampling.overlap-latents"),
        wholeNumber(settings, "sampling.tile-batch"),
        word(DdimTables.class, settings, "compat.ddim-tables"),
        word(GaussianCentre.class, settings, "compat.gaussian-centre"),
        word(TimestepSpacing.class, settings, "sampling.spacing"),
        new DeepCache(
            wholeNumber(settings, "sampling.deep-cache-interval"),
            wholeNumber(settings, "sampling.deep-cache-blocks")),
        new GuidanceInterval(
            wholeNumber(settings, "sampling.guidance-from-timestep"),
            wholeNumber(settings, "sampling.guidance-to-timestep")),
        new FlatTiles(settings.getDouble("sampling.flat-tile-roughness")));
  }

  private static int wholeNumber(Config settings, String path) {
    long value = longNumber(settings, path);
    if (value != (int) value) {
      throw new StableSrException(
          ErrorCode.CONFIG, "%s is %d; that is out of range.".formatted(path, value));
    }
    return (int) value;
  }

  private static long longNumber(Config settings, String path) {
    long value = settings.getLong(path);
    // Config itself cuts 42.7 to 42 and the largest numbers to what fits.
    String text = settings.getString(path);
    try {
      if (new BigDecimal(text.strip()).longValueExact() == value) {
        return value;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Reported below.
    }
    throw invalid(path, text, "a whole number of 64 bits");
  }

  private static <E extends Enum<E>> E word(Class<E> type, Config settings, String path) {
    return Words.parse(type, path, settings.getString(path));
  }

  private static StableSrException invalid(String path, Object value, String allowed) {
    return new StableSrException(
        ErrorCode.CONFIG, "%s is %s; it must be %s.".formatted(path, value, allowed));
  }
}
