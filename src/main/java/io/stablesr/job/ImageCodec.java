package io.stablesr.job;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.ImageHeader;
import io.stablesr.image.ImageProbe;
import io.stablesr.image.TorchResize;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** Between files and pictures, with a job's limits and output format. */
public final class ImageCodec {
  private final ImageDecoder decoder;
  private final ImageProbe probe;
  private final ImageEncoder encoder;

  /** A codec for a job's options. */
  public ImageCodec(JobOptions options) {
    DecodeLimits limits = new DecodeLimits(options.maxPixels());
    decoder = new ImageDecoder(limits);
    probe = new ImageProbe(limits);
    encoder = new ImageEncoder(options.format(), options.pixelRounding());
  }

  /** Format and size from the header alone; {@code name} is for messages. */
  public ImageHeader header(String name, InputStream file) {
    return probe.probe(name, file);
  }

  /** Decodes a file; {@code name} is for messages. */
  public DecodedImage decode(String name, byte[] file) {
    return decoder.decode(name, file);
  }

  /**
   * Encodes a result.
   *
   * @param image {@code [3,H,W]}, sRGB, 0..1
   * @param sourceAlpha the source's alpha {@code [1,h,w]}; enlarged here, or painted on white where
   *     the format stores none
   * @param text what is written into the file's metadata
   */
  public byte[] encode(
      FloatTensor image, Optional<FloatTensor> sourceAlpha, Map<String, String> text) {
    Optional<FloatTensor> alpha =
        sourceAlpha.map(source -> TorchResize.bilinear(source, image.dim(1), image.dim(2)));
    FloatTensor picture = image;
    if (alpha.isPresent() && !encoder.format().storesAlpha()) {
      picture = onWhite(image, alpha.get());
      alpha = Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.encode(picture, alpha, text, bytes);
    return bytes.toByteArray();
  }

  private static FloatTensor onWhite(FloatTensor image, FloatTensor alpha) {
    FloatTensor flat = image.copy();
    float[] values = flat.data();
    float[] weights = alpha.data();
    for (int i = 0; i < values.length; i++) {
      float weight = weights[i % weights.length];
      values[i] = weight * values[i] + (1 - weight);
    }
    return flat;
  }
}
