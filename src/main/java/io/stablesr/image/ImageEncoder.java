package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes a picture {@code [3,H,W]} of sRGB values 0..1 (others are clamped) as PNG, JPEG or TIFF.
 * The same picture, settings and texts give the same bytes on the same Java runtime.
 *
 * <p>Instances have no state and may be shared between threads.
 */
public final class ImageEncoder {
  /** Deflate level 4: results are a few percent larger than at the default 6, in half the time. */
  private static final float PNG_QUALITY = 5f / 9f;

  private static final float TIFF_QUALITY = 0.4f;

  private final OutputFormat format;
  private final PixelRounding rounding;

  /** An encoder for one format. */
  public ImageEncoder(OutputFormat format, PixelRounding rounding) {
    this.format = Objects.requireNonNull(format, "format");
    this.rounding = Objects.requireNonNull(rounding, "rounding");
  }

  /** The format this encoder writes. */
  public OutputFormat format() {
    return format;
  }

  /**
   * Writes one picture.
   *
   * @param rgb {@code [3,H,W]}
   * @param alpha {@code [1,H,W]}; must be empty for a format without transparency
   * @param text keys of 1..79 Latin-1 characters and values: PNG text chunks, a JPEG comment or a
   *     TIFF description with one {@code key=value} line each
   * @param out not closed
   * @throws StableSrException OUTPUT_WRITE where {@code out} fails, NOT_FINITE for NaN or infinity,
   *     CONFIG where the format cannot store alpha
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
    TextMetadata.requireKeywords(text);
    BufferedImage image = PixelImage.of(rgb, alpha, format.depth(), rounding);
    try {
      write(image, text, out);
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE,
          "Cannot write the %s picture of %dx%d pixels: %s."
              .formatted(format.extension(), rgb.dim(2), rgb.dim(1), rootMessage(e)),
          e);
    }
  }

  private void write(BufferedImage image, Map<String, String> text, OutputStream out)
      throws IOException {
    ImageWriter writer = ImageProviders.writer(format.mediaType().substring("image/".length()));
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      configure(param);
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), param);
      if (format instanceof OutputFormat.Png) {
        TextMetadata.addToPng(metadata, text);
      } else if (format instanceof OutputFormat.Jpeg) {
        TextMetadata.addToJpeg(metadata, text);
      } else {
        metadata = TextMetadata.withTiffDescription(metadata, text);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, metadata), param);
    } finally {
      writer.dispose();
    }
    out.flush();
  }

  /** The writers wrap what the stream said. */
  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  private void configure(ImageWriteParam param) {
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    if (format instanceof OutputFormat.Jpeg jpeg) {
      param.setCompressionQuality(jpeg.quality() / 100f);
    } else if (format instanceof OutputFormat.Tiff) {
      param.setCompressionType("ZLib");
      param.setCompressionQuality(TIFF_QUALITY);
    } else {
      param.setCompressionQuality(PNG_QUALITY);
    }
  }
}
