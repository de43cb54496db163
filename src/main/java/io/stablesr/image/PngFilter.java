package io.stablesr.image;

/**
 * Chooses a PNG filter for each row: the one with the smallest sum of absolute differences, as the
 * PNG specification suggests.
 */
final class PngFilter {
  private static final int KINDS = 5;

  private final int pixelBytes;
  private final byte[][] candidates;
  private byte[] above;
  private byte[] row;

  /** {@code pixelBytes} bytes per pixel, {@code rowBytes} per row. */
  PngFilter(int pixelBytes, int rowBytes) {
    this.pixelBytes = pixelBytes;
    // One pixel of zeros in front of each row stands for what is left of the picture.
    this.above = new byte[pixelBytes + rowBytes];
    this.row = new byte[pixelBytes + rowBytes];
    this.candidates = new byte[KINDS][1 + rowBytes];
    for (int kind = 0; kind < KINDS; kind++) {
      candidates[kind][0] = (byte) kind;
    }
  }

  /** The filter's number followed by the filtered row; valid until the next call. */
  byte[] apply(byte[] samples) {
    byte[] spare = above;
    above = row;
    row = spare;
    System.arraycopy(samples, 0, row, pixelBytes, candidates[0].length - 1);
    int best = 0;
    long smallest = Long.MAX_VALUE;
    for (int kind = 0; kind < KINDS; kind++) {
      long sum = filter(kind, candidates[kind]);
      if (sum < smallest) {
        smallest = sum;
        best = kind;
      }
    }
    return candidates[best];
  }

  private long filter(int kind, byte[] out) {
    return switch (kind) {
      case 0 -> none(out);
      case 1 -> sub(out);
      case 2 -> up(out);
      case 3 -> average(out);
      default -> paeth(out);
    };
  }

  private long none(byte[] out) {
    long sum = 0;
    for (int i = 1; i < out.length; i++) {
      byte value = row[i - 1 + pixelBytes];
      out[i] = value;
      sum += Math.abs(value);
    }
    return sum;
  }

  private long sub(byte[] out) {
    long sum = 0;
    for (int i = 1; i < out.length; i++) {
      byte value = (byte) (row[i - 1 + pixelBytes] - row[i - 1]);
      out[i] = value;
      sum += Math.abs(value);
    }
    return sum;
  }

  private long up(byte[] out) {
    long sum = 0;
    for (int i = 1; i < out.length; i++) {
      byte value = (byte) (row[i - 1 + pixelBytes] - above[i - 1 + pixelBytes]);
      out[i] = value;
      sum += Math.abs(value);
    }
    return sum;
  }

  private long average(byte[] out) {
    long sum = 0;
    for (int i = 1; i < out.length; i++) {
      int mean = ((row[i - 1] & 0xff) + (above[i - 1 + pixelBytes] & 0xff)) >> 1;
      byte value = (byte) (row[i - 1 + pixelBytes] - mean);
      out[i] = value;
      sum += Math.abs(value);
    }
    return sum;
  }

  private long paeth(byte[] out) {
    long sum = 0;
    for (int i = 1; i < out.length; i++) {
      int left = row[i - 1] & 0xff;
      int up = above[i - 1 + pixelBytes] & 0xff;
      int corner = above[i - 1] & 0xff;
      int toLeft = Math.abs(up - corner);
      int toUp = Math.abs(left - corner);
      int toCorner = Math.abs(left + up - 2 * corner);
      int nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      byte value = (byte) (row[i - 1 + pixelBytes] - nearest);
      out[i] = value;
      sum += Math.abs(value);
    }
    return sum;
  }
}
