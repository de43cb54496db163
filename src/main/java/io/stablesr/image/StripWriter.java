package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Takes a picture in strips from top to bottom, and writes each of their rows before it takes the
 * next. Made by {@link ImageEncoder#open}.
 */
public final class StripWriter implements AutoCloseable {
  private final PictureRequest request;
  private final OutputFormat format;
  private final PictureLayout layout;
  private final PixelRounding rounding;
  private final RowWriter rows;
  private final Optional<BilinearRows> alpha;
  private final Optional<ProfileRestore> profile;
  private final List<ImageWarning> warnings;
  private final float[] line;
  private final float[] opacity;
  private final byte[] samples;
  private int nextRow;

  StripWriter(
      PictureRequest request,
      OutputFormat format,
      PictureLayout layout,
      PixelRounding rounding,
      RowWriter rows,
      Optional<ProfileRestore> profile,
      List<ImageWarning> warnings) {
    this.request = request;
    this.format = format;
    this.layout = layout;
    this.rounding = rounding;
    this.rows = rows;
    this.profile = profile;
    this.warnings = warnings;
    this.alpha =
        request.alpha().map(plane -> new BilinearRows(plane, layout.height(), layout.width()));
    this.line = new float[3 * layout.width()];
    this.opacity = new float[layout.width()];
    this.samples = new byte[layout.bytesPerRow()];
  }

  /**
   * Writes the next rows.
   *
   * @param strip {@code [3,rows,W]} of sRGB values 0..1; others are clamped
   * @throws StableSrException OUTPUT_WRITE where the stream fails, NOT_FINITE for NaN or infinity
   */
  public void write(FloatTensor strip) {
    Shapes.requireChannels(strip, 3);
    if (strip.dim(2) != layout.width() || strip.dim(1) > layout.height() - nextRow) {
      throw new IllegalArgumentException(
          "Expected a strip [3,1..%d,%d], got %s"
              .formatted(layout.height() - nextRow, layout.width(), strip));
    }
    try {
      for (int y = 0; y < strip.dim(1); y++) {
        interleave(strip, y);
        finishLine();
        rows.writeRow(samples);
        nextRow++;
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Ends the file.
   *
   * @return what could not be kept
   * @throws StableSrException OUTPUT_WRITE where the stream fails
   * @throws IllegalStateException when rows are missing
   */
  public List<ImageWarning> finish() {
    try {
      rows.finish();
    } catch (IOException e) {
      throw failure(e);
    }
    return List.copyOf(warnings);
  }

  /** Frees what is held; without {@link #finish} before, the file stays incomplete. */
  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void interleave(FloatTensor strip, int y) {
    int width = layout.width();
    float[] data = strip.data();
    for (int c = 0; c < 3; c++) {
      int from = (c * strip.dim(1) + y) * width;
      for (int x = 0, at = c; x < width; x++, at += 3) {
        float value = data[from + x];
        if (!Float.isFinite(value)) {
          throw new StableSrException(
              ErrorCode.NOT_FINITE,
              "Cannot write the picture: value %d of channel %d is %s."
                  .formatted((long) nextRow * width + x, c, value));
        }
        line[at] = value;
      }
    }
  }

  private void finishLine() {
    int width = layout.width();
    if (alpha.isPresent()) {
      alpha.get().read(nextRow, opacity);
      if (!layout.hasAlpha()) {
        paintOnWhite();
      }
    }
    profile.ifPresent(restore -> restore.apply(line, width));
    int channels = layout.channels();
    if (layout.isGrey()) {
      for (int x = 0; x < width; x++) {
        store(x * channels, (line[3 * x] + line[3 * x + 1] + line[3 * x + 2]) / 3f);
      }
    } else {
      for (int x = 0; x < width; x++) {
        store(x * channels, line[3 * x]);
        store(x * channels + 1, line[3 * x + 1]);
        store(x * channels + 2, line[3 * x + 2]);
      }
    }
    if (layout.hasAlpha()) {
      for (int x = 0; x < width; x++) {
        store((x + 1) * channels - 1, opacity[x]);
      }
    }
  }

  private void paintOnWhite() {
    for (int i = 0; i < line.length; i++) {
      float weight = opacity[i / 3];
      line[i] = weight * line[i] + (1 - weight);
    }
  }

  private void store(int index, float value) {
    if (layout.depth() == BitDepth.EIGHT) {
      samples[index] = (byte) rounding.level(value, 255);
    } else {
      int level = rounding.level(value, 65535);
      samples[2 * index] = (byte) (level >> 8);
      samples[2 * index + 1] = (byte) level;
    }
  }

  private StableSrException failure(IOException cause) {
    return ImageEncoder.failure(format, request, cause);
  }
}
