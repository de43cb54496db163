package io.stablesr.job;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.BitDepth;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.EncodedImage;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.ImageHeader;
import io.stablesr.image.ImageProbe;
import io.stablesr.image.ImageWarning;
import io.stablesr.image.MetadataPolicy;
import io.stablesr.image.PictureRequest;
import io.stablesr.image.PositionedReader;
import io.stablesr.image.SourceMetadata;
import io.stablesr.image.StripWriter;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Between files and pictures, with a job's limits, output format and fidelity. */
public final class ImageCodec {
  private final JobOptions options;
  private final Path scratchFolder;
  private final ImageDecoder decoder;
  private final ImageProbe probe;
  private final ImageEncoder encoder;

  /** A codec for a job's options that keeps temporary files in the folder of the Java runtime. */
  public ImageCodec(JobOptions options) {
    this(options, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** A codec for a job's options; large deflated TIFF files wait in {@code scratchFolder}. */
  public ImageCodec(JobOptions options, Path scratchFolder) {
    this.options = options;
    this.scratchFolder = scratchFolder;
    DecodeLimits limits = new DecodeLimits(options.maxPixels(), options.maxAspectRatio());
    decoder = new ImageDecoder(limits);
    probe = new ImageProbe(limits);
    encoder = new ImageEncoder(options.format(), options.pixelRounding(), scratchFolder);
  }

  /** Where what must wait before it is complete is kept. */
  public Path scratchFolder() {
    return scratchFolder;
  }

  /** Format and size from the header alone; {@code name} is for messages. */
  public ImageHeader header(String name, InputStream file) {
    return probe.probe(name, file);
  }

  /**
   * Width x height from the header alone, wherever in the file it lies; {@code name} is for
   * messages. An open stream of Hadoop is passed as {@code stream::read}.
   */
  public long probePixels(String name, PositionedReader file) {
    return probe.probe(name, file).pixels();
  }

  /** Decodes a file; {@code name} is for messages. */
  public DecodedImage decode(String name, byte[] file) {
    return decoder.decode(name, file);
  }

  /**
   * Refuses a source whose result the output format cannot hold, before it is computed.
   *
   * @throws io.stablesr.core.StableSrException IMAGE_TOO_LARGE
   */
  public void requireFits(DecodedImage source, double scale) {
    encoder.requireFits(scaled(source.width(), scale), scaled(source.height(), scale));
  }

  private static int scaled(int length, double scale) {
    return (int) Math.min(Math.max(1, Math.round(length * scale)), Integer.MAX_VALUE);
  }

  /**
   * Begins the result of a source: with its metadata, its profile, its transparency, its depth and
   * as grey where it is, as far as the settings and the format allow.
   *
   * @param width pixels in a row of the result
   * @param height rows of the result
   * @param text the program's own parameters for the file's metadata
   * @param out not closed
   * @return takes strips {@code [3,rows,W]} of sRGB values 0..1
   */
  public StripWriter open(
      DecodedImage source, int width, int height, Map<String, String> text, OutputStream out) {
    boolean keep = options.fidelity().metadata() == MetadataPolicy.KEEP;
    PictureRequest request =
        new PictureRequest(
            width,
            height,
            source.source().colors(),
            source.alpha(),
            source.resultProfile(options.fidelity().profile()),
            keep ? source.metadata() : SourceMetadata.none(),
            text);
    BitDepth depth = options.fidelity().bits().depth(source.source().bitsPerChannel());
    return new ImageEncoder(
            options.format().withDepth(depth), options.pixelRounding(), scratchFolder)
        .open(request, out);
  }

  /**
   * Encodes the result of a source as {@link #open} does.
   *
   * @param image {@code [3,H,W]}, sRGB, 0..1
   */
  public EncodedImage encode(FloatTensor image, DecodedImage source, Map<String, String> text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (StripWriter writer = open(source, image.dim(2), image.dim(1), text, bytes)) {
      writer.write(image);
      List<ImageWarning> warnings = writer.finish();
      return new EncodedImage(bytes.toByteArray(), warnings);
    }
  }

  /**
   * Encodes a picture without a source.
   *
   * @param image {@code [3,H,W]}, sRGB, 0..1
   * @param text what is written into the file's metadata
   */
  public byte[] encode(FloatTensor image, Map<String, String> text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.encode(image, Optional.empty(), text, bytes);
    return bytes.toByteArray();
  }
}
