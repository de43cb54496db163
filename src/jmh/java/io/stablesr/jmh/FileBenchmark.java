package io.stablesr.jmh;

import io.stablesr.core.FloatTensor;
import io.stablesr.image.BitDepth;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.ImageEncoder;
import io.stablesr.image.OutputFormat;
import io.stablesr.image.PixelRounding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** PNG files of 8 bits, in memory. */
public class FileBenchmark extends Averages {
  /** Side of the square picture in pixels. */
  @Param("512")
  private int sidePixels;

  private final ImageEncoder encoder =
      new ImageEncoder(new OutputFormat.Png(BitDepth.EIGHT), PixelRounding.ROUND);
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults());
  private FloatTensor picture;
  private byte[] file;

  /** Makes the picture and its file. */
  @Setup
  public void prepare() throws IOException {
    picture = Photograph.middle(sidePixels);
    file = encodePng();
  }

  /** From planes to a file. */
  @Benchmark
  public byte[] encodePng() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(3 * sidePixels * sidePixels);
    encoder.encode(picture, Optional.empty(), Map.of(), out);
    return out.toByteArray();
  }

  /** From a file to planes. */
  @Benchmark
  public DecodedImage decodePng() {
    return decoder.decode("picture.png", file);
  }
}
