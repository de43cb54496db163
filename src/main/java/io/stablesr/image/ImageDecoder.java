package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Turns the bytes of a JPEG, PNG, WebP, TIFF, BMP or GIF file into a picture in sRGB: embedded
 * colour profiles are converted, grey becomes three equal channels, the orientation is applied,
 * samples of more than 8 bits keep their precision. Of a file with several pictures the first is
 * taken. PNG gamma and chromaticity chunks are not evaluated.
 *
 * <p>Every failure is a {@link StableSrException}: IMAGE_DECODE for what is not an image, damaged
 * or truncated; IMAGE_UNSUPPORTED for other formats; IMAGE_TOO_LARGE, from the header alone, for
 * what exceeds the limits; INPUT_NOT_FOUND where the stream cannot be read.
 *
 * <p>Instances have no state and may be shared between threads.
 */
public final class ImageDecoder {
  /** Colour channels, alpha and a spare one; more would only multiply memory. */
  private static final int MAX_BANDS = 6;

  /** Bytes of a pixel of four 16-bit samples. */
  private static final int PIXEL_BYTES = 8;

  private final DecodeLimits limits;

  /** A decoder with these limits. */
  public ImageDecoder(DecodeLimits limits) {
    this.limits = limits;
  }

  /** Reads {@code in} to its end, without closing it; {@code name} is for messages only. */
  public DecodedImage decode(String name, InputStream in) {
    byte[] bytes;
    try {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    return decode(name, bytes);
  }

  /** Decodes a file that is in memory; {@code name} is for messages only. */
  public DecodedImage decode(String name, byte[] bytes) {
    try (OpenedImage file = OpenedImage.open(name, bytes, limits)) {
      if (file.format() == ImageFormat.WEBP) {
        requireWholeWebp(bytes);
      }
      return decode(name, file);
    } catch (IOException e) {
      throw damaged(name, e);
    } catch (StableSrException e) {
      throw e;
    } catch (RuntimeException e) {
      // Codecs answer damaged data with whatever exception their code runs into.
      throw damaged(name, e);
    } catch (StackOverflowError e) {
      throw damaged(name, new IOException("its parts are nested without an end", e));
    }
  }

  private DecodedImage decode(String name, OpenedImage file) throws IOException {
    ImageReader reader = file.reader();
    if (file.format() == ImageFormat.TIFF) {
      requireFewBands(name, reader);
      requireFewBytes(name, file);
    }
    TruncationListener truncation = new TruncationListener();
    reader.addIIOReadWarningListener(truncation);
    BufferedImage image = reader.read(0, withoutConversion(reader));
    if (truncation.seen) {
      throw new IOException("the data end before the picture does");
    }
    SampleRows rows = SampleRows.of(image);
    Optional<IccProfile> profile = SourceColors.profile(file, image);
    SourceColors colors = SourceColors.of(image, profile);
    SourceFacts facts =
        new SourceFacts(
            file.format(),
            file.isInkedJpeg() ? SourceColorKind.OTHER : SourceColors.kind(image),
            rows.bitsPerChannel(),
            file.storedWidth(),
            file.storedHeight(),
            file.header().orientation(),
            profile.or(() -> SourceColors.srgbProfile(file)));
    List<ImageWarning> warnings = new ArrayList<>(file.metadata().warnings());
    if (profile.isPresent()
        && !file.isInkedJpeg()
        && !SourceColors.isUsable(profile.get(), image)) {
      warnings.add(
          new ImageWarning(
              ImageWarning.Code.PROFILE_IGNORED,
              "The colours were taken for sRGB: the embedded profile is damaged or for other colours."));
    }
    return assemble(file, rows, colors, facts, warnings);
  }

  /** By default the codecs convert embedded profiles at 8 bits; here that is done at 16. */
  private static ImageReadParam withoutConversion(ImageReader reader) throws IOException {
    ImageReadParam param = reader.getDefaultReadParam();
    ImageTypeSpecifier raw = reader.getRawImageType(0);
    if (raw != null && SourceColors.isSpecial(raw.getColorModel().getColorSpace())) {
      Iterator<ImageTypeSpecifier> possible = reader.getImageTypes(0);
      while (possible.hasNext()) {
        if (possible.next().equals(raw)) {
          param.setDestinationType(raw);
        }
      }
    }
    return param;
  }

  private static DecodedImage assemble(
      OpenedImage file,
      SampleRows rows,
      SourceColors colors,
      SourceFacts facts,
      List<ImageWarning> warnings) {
    int width = file.storedWidth();
    int height = file.storedHeight();
    int plane = width * height;
    ImageHeader header = file.header();
    Orientation.Placement placement = header.orientation().placement(width, height);
    FloatTensor rgb = FloatTensor.zeros(3, header.height(), header.width());
    float[] out = rgb.data();
    FloatTensor alpha =
        rows.hasAlpha() ? FloatTensor.zeros(1, header.height(), header.width()) : null;
    boolean opaque = true;
    float[] samples = new float[width * rows.components()];
    float[] line = new float[width * 3];
    for (int y = 0; y < height; y++) {
      rows.read(y, samples);
      colors.toSrgb(samples, width, rows.components(), line);
      for (int x = 0; x < width; x++) {
        int index = placement.index(x, y);
        out[index] = line[3 * x];
        out[plane + index] = line[3 * x + 1];
        out[2 * plane + index] = line[3 * x + 2];
        if (alpha != null) {
          float value = samples[(x + 1) * rows.components() - 1];
          alpha.data()[index] = value;
          opaque &= value >= 1f;
        }
      }
    }
    return new DecodedImage(
        rgb,
        opaque ? Optional.empty() : Optional.of(alpha),
        facts,
        file.metadata().kept(),
        warnings);
  }

  /** The WebP codec makes up missing data silently, so the announced length is compared. */
  private static void requireWholeWebp(byte[] bytes) throws IOException {
    long announced =
        8 + Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
    // Some writers leave out the byte that pads the last chunk to an even length.
    if (bytes.length + 1L < announced) {
      throw new IOException("it has %d bytes of %d".formatted(bytes.length, announced));
    }
  }

  private static void requireFewBands(String name, ImageReader reader) throws IOException {
    int bands = reader.getRawImageType(0).getNumBands();
    if (bands > MAX_BANDS) {
      throw new StableSrException(
          ErrorCode.IMAGE_UNSUPPORTED,
          "Cannot decode %s: it has %d channels per pixel, more than the limit of %d; convert it to RGB first."
              .formatted(name, bands, MAX_BANDS));
    }
  }

  /** Samples of up to 64 bits, which only TIFF has, must not multiply what the limit allows. */
  private void requireFewBytes(String name, OpenedImage file) throws IOException {
    SampleModel model = file.reader().getRawImageType(0).getSampleModel();
    long pixelBytes =
        (long) model.getNumDataElements()
            * DataBuffer.getDataTypeSize(model.getDataType())
            / Byte.SIZE;
    long bytes = pixelBytes * file.storedWidth() * file.storedHeight();
    long most = limits.maxPixels() * PIXEL_BYTES;
    if (bytes > most) {
      throw new StableSrException(
          ErrorCode.IMAGE_TOO_LARGE,
          "Cannot decode %s: its %dx%d pixels of %d bytes are %d bytes, more than the limit of %d (%d for each pixel of the limit); raise the limit or convert it to 16 bits."
              .formatted(
                  name,
                  file.storedWidth(),
                  file.storedHeight(),
                  pixelBytes,
                  bytes,
                  most,
                  PIXEL_BYTES));
    }
  }

  static StableSrException unreadable(String name, IOException cause) {
    return new StableSrException(
        ErrorCode.INPUT_NOT_FOUND, "Cannot read %s: %s.".formatted(name, reason(cause)), cause);
  }

  static StableSrException damaged(String name, Exception cause) {
    return new StableSrException(
        ErrorCode.IMAGE_DECODE,
        "Cannot decode %s: the file is damaged or truncated (%s).".formatted(name, reason(cause)),
        cause);
  }

  private static String reason(Exception cause) {
    String message = cause.getMessage();
    String text = message == null ? cause.getClass().getSimpleName() : message.strip();
    return text.replaceAll("\\s+", " ").replaceAll("[.!]+$", "");
  }

  /** The JPEG codec fills up missing data with grey and only warns. */
  private static final class TruncationListener implements IIOReadWarningListener {
    private boolean seen;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      String text = warning.toLowerCase(Locale.ROOT);
      seen |=
          text.contains("premature end")
              || text.contains("truncated")
              || text.contains("unexpected end")
              || text.contains("eof");
    }
  }
}
