package io.stablesr.job;

import io.stablesr.core.Digests;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodedImage;
import io.stablesr.image.ImageWarning;
import io.stablesr.image.ScratchFiles;
import io.stablesr.image.StripWriter;
import io.stablesr.restore.StripSink;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Encodes a result strip by strip into a scratch file, so that neither its pixels nor its bytes are
 * ever whole in memory. Closing it frees the file.
 */
public final class ResultSpool implements StripSink, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;

  private final ImageCodec codec;
  private final DecodedImage source;
  private final Map<String, String> text;
  private final FileChannel channel;
  private MessageDigest digest;
  private StripWriter writer;

  /**
   * A spool for the result of a source.
   *
   * @param text the program's own parameters for the file's metadata
   * @throws io.stablesr.core.StableSrException OUTPUT_WRITE when there can be no scratch file
   */
  public ResultSpool(ImageCodec codec, DecodedImage source, Map<String, String> text) {
    this.codec = codec;
    this.source = source;
    this.text = text;
    try {
      this.channel = ScratchFiles.open(codec.scratchFolder());
    } catch (IOException e) {
      throw ScratchFiles.failure(codec.scratchFolder(), e);
    }
  }

  @Override
  public Path scratchFolder() {
    return codec.scratchFolder();
  }

  @Override
  public void begin(int width, int height) {
    closeWriter();
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw ScratchFiles.failure(codec.scratchFolder(), e);
    }
    digest = Digests.newSha256();
    OutputStream out =
        new BufferedOutputStream(
            new DigestOutputStream(Channels.newOutputStream(channel), digest), BUFFER_BYTES);
    writer = codec.open(source, width, height, text, out);
  }

  @Override
  public void write(FloatTensor strip) {
    writer.write(strip);
  }

  /**
   * A complete result.
   *
   * @param file the encoded file; readable until the spool is closed
   * @param warnings what could not be kept
   */
  public record Finished(ResultFile file, List<ImageWarning> warnings) {
    /** Takes a copy. */
    public Finished {
      warnings = List.copyOf(warnings);
    }
  }

  /** Ends the file after the last strip. */
  public Finished finish() {
    List<ImageWarning> warnings = writer.finish();
    closeWriter();
    try {
      return new Finished(
          new ResultFile.Spooled(
              channel, channel.size(), HexFormat.of().formatHex(digest.digest())),
          warnings);
    } catch (IOException e) {
      throw ScratchFiles.failure(codec.scratchFolder(), e);
    }
  }

  private void closeWriter() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  @Override
  public void close() {
    closeWriter();
    try {
      channel.close();
    } catch (IOException e) {
      throw ScratchFiles.failure(codec.scratchFolder(), e);
    }
  }
}
