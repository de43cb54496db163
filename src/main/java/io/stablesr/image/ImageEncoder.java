package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes pictures of sRGB values 0..1 as PNG, JPEG or TIFF, whole or in strips. The same picture,
 * settings and texts give the same bytes on the same Java runtime.
 *
 * <p>Instances have no state and may be shared between threads.
 */
public final class ImageEncoder {
  /** Results are a few percent larger than at the default 6, in half the time. */
  private static final int PNG_LEVEL = 4;

  private final OutputFormat format;
  private final PixelRounding rounding;
  private final Path scratchFolder;

  /** An encoder for one format that keeps what must wait in the folder for temporary files. */
  public ImageEncoder(OutputFormat format, PixelRounding rounding) {
    this(format, rounding, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * An encoder for one format.
   *
   * @param scratchFolder where the strips of a deflated TIFF file of more than 32 MiB wait for the
   *     last of them
   */
  public ImageEncoder(OutputFormat format, PixelRounding rounding, Path scratchFolder) {
    this.format = Objects.requireNonNull(format, "format");
    this.rounding = Objects.requireNonNull(rounding, "rounding");
    this.scratchFolder = Objects.requireNonNull(scratchFolder, "scratchFolder");
  }

  /** The format this encoder writes. */
  public OutputFormat format() {
    return format;
  }

  /**
   * Refuses a size that the format cannot hold.
   *
   * @throws StableSrException IMAGE_TOO_LARGE
   */
  public void requireFits(int width, int height) {
    if (!(format instanceof OutputFormat.Jpeg)) {
      return;
    }
    if (Math.max(width, height) > JpegRowWriter.MAX_SIDE) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "Cannot write %dx%d pixels as jpeg: a side holds at most %d; set output.format to png or tiff."
              .formatted(width, height, JpegRowWriter.MAX_SIDE));
    }
    if (3L * width * height > Integer.MAX_VALUE - 16) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "Cannot write %dx%d pixels as jpeg: the codec takes at most %d pixels; set output.format to png or tiff."
              .formatted(width, height, (Integer.MAX_VALUE - 16) / 3));
    }
  }

  /**
   * Writes one picture without a source.
   *
   * @param rgb {@code [3,H,W]}
   * @param alpha {@code [1,H,W]}; must be empty for a format without transparency
   * @param text keys of 1..79 Latin-1 characters and values: PNG text chunks, a JPEG comment or a
   *     TIFF description with one {@code key=value} line each
   * @param out not closed
   * @throws StableSrException OUTPUT_WRITE where {@code out} fails, NOT_FINITE for NaN or infinity,
   *     CONFIG where the format cannot store alpha, IMAGE_TOO_LARGE where it cannot hold the size
   */
  public void encode(
      FloatTensor rgb, Optional<FloatTensor> alpha, Map<String, String> text, OutputStream out) {
    Shapes.requireChannels(rgb, 3);
    if (alpha.isPresent()) {
      Shapes.requireChannels(alpha.get(), 1);
      Shapes.requireSameSize(rgb, alpha.get());
      if (!format.storesAlpha()) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Cannot store transparency in a %s file: choose PNG or TIFF, or flatten the picture first."
                .formatted(format.extension()));
      }
    }
    PictureRequest request = PictureRequest.plain(rgb.dim(2), rgb.dim(1), alpha, text);
    try (StripWriter writer = open(request, out)) {
      writer.write(rgb);
      writer.finish();
    }
  }

  /**
   * Begins a picture. Where the format has no transparency, it is painted on white.
   *
   * @param out not closed
   * @throws StableSrException OUTPUT_WRITE where {@code out} fails, IMAGE_TOO_LARGE where the
   *     format cannot hold the size
   */
  public StripWriter open(PictureRequest request, OutputStream out) {
    requireFits(request.width(), request.height());
    TextKeys.require(request.text());
    List<ImageWarning> warnings = new ArrayList<>();
    Optional<ProfileRestore> restore =
        request.profile().flatMap(profile -> ProfileRestore.to(profile, request.width()));
    Optional<byte[]> profile = request.profile().map(IccProfile::bytes);
    if (restore.isEmpty() && profile.isPresent()) {
      warnings.add(
          new ImageWarning(
              ImageWarning.Code.PROFILE_NOT_RESTORED,
              "The result is in sRGB: nothing can be converted to the profile of the source."));
      profile = Optional.of(IccProfile.srgb().bytes());
    }
    if (request.alpha().isPresent() && !format.storesAlpha()) {
      warnings.add(
          new ImageWarning(
              ImageWarning.Code.ALPHA_FLATTENED,
              "The picture was painted on white: a %s file has no transparency."
                  .formatted(format.extension())));
    }
    ResultMetadata metadata = ResultMetadata.of(request, profile, warnings);
    boolean alpha = request.alpha().isPresent() && format.storesAlpha();
    int channels = (request.colors() == SourceColorKind.GREY ? 1 : 3) + (alpha ? 1 : 0);
    PictureLayout layout =
        new PictureLayout(request.width(), request.height(), channels, format.depth());
    try {
      RowWriter rows = rowWriter(layout, metadata, warnings, out);
      return new StripWriter(request, format, layout, rounding, rows, restore, warnings);
    } catch (IOException e) {
      throw failure(format, request, e);
    }
  }

  private RowWriter rowWriter(
      PictureLayout layout, ResultMetadata metadata, List<ImageWarning> warnings, OutputStream out)
      throws IOException {
    if (format instanceof OutputFormat.Tiff tiff) {
      return new TiffRowWriter(
          out,
          layout,
          ContainerMetadata.tiff(metadata, TiffRowWriter.ORDER, warnings),
          TiffRowWriter.Options.of(tiff.compression(), scratchFolder));
    }
    if (format instanceof OutputFormat.Jpeg jpeg) {
      return new JpegRowWriter(out, layout, jpeg.quality(), JpegSegment.of(metadata, warnings));
    }
    return new PngRowWriter(out, layout, ContainerMetadata.png(metadata, warnings), PNG_LEVEL);
  }

  static StableSrException failure(OutputFormat format, PictureRequest request, IOException cause) {
    // The codecs wrap what the stream said.
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new StableSrException(
        ErrorCode.OUTPUT_WRITE,
        "Cannot write the %s picture of %dx%d pixels: %s."
            .formatted(format.extension(), request.width(), request.height(), root.getMessage()),
        cause);
  }
}
