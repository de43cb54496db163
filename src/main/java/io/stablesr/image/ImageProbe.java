package io.stablesr.image;

import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Finds format and size of a file from its header, for planning. At most 64 parts of 64 KiB are
 * read, as a rule one, and no codec runs. A PNG orientation that is stored behind the pixels is
 * therefore not seen here, but it is by {@link ImageDecoder}.
 */
public final class ImageProbe {
  private final DecodeLimits limits;

  /** A probe that refuses what a decoder with the same limits would refuse. */
  public ImageProbe(DecodeLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads the header where it lies; {@code name} is for messages only.
   *
   * @throws StableSrException IMAGE_DECODE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE, and
   *     INPUT_NOT_FOUND where the file cannot be read
   */
  public ImageHeader probe(String name, PositionedReader file) {
    return probe(name, FileWindow.of(file));
  }

  /**
   * Reads the header from a stream, which is read forwards only and not closed; {@code name} is for
   * messages only.
   *
   * @throws StableSrException as {@link #probe(String, PositionedReader)}
   */
  public ImageHeader probe(String name, InputStream in) {
    return probe(name, FileWindow.of(in));
  }

  /** As {@link #probe(String, InputStream)}, for a file that is in memory. */
  public ImageHeader probe(String name, byte[] bytes) {
    return probe(name, FileWindow.of(bytes));
  }

  private ImageHeader probe(String name, FileWindow file) {
    try {
      ImageHeader header = HeaderReader.read(name, file);
      HeaderReader.requireWithin(limits, name, header.width(), header.height());
      return header;
    } catch (FileWindow.ReadFailure e) {
      throw ImageDecoder.unreadable(name, e);
    } catch (IOException e) {
      throw ImageDecoder.damaged(name, e);
    }
  }
}
