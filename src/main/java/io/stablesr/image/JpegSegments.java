package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The marker segments of a JPEG file before its first scan. */
final class JpegSegments {
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ICC = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int SOS = 0xda;

  private final byte[] data;
  private final List<Segment> segments = new ArrayList<>();

  /** {@code start} is the first byte of the marker, {@code end} the first after the segment. */
  private record Segment(int marker, int start, int end) {}

  private JpegSegments(byte[] data) {
    this.data = data;
  }

  /** Stops without complaint where the file is damaged: the decoder will say so. */
  static JpegSegments scan(byte[] data) {
    JpegSegments result = new JpegSegments(data);
    int at = 2;
    while (at + 4 <= data.length && (data[at] & 0xff) == 0xff) {
      int marker = data[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      int end = at + 2 + ((data[at + 2] & 0xff) << 8 | (data[at + 3] & 0xff));
      if (marker == SOS || end > data.length) {
        break;
      }
      result.segments.add(new Segment(marker, at, end));
      at = end;
    }
    return result;
  }

  /** The number of colour components in the frame header, 0 where there is none. */
  int components() {
    for (Segment segment : segments) {
      int marker = segment.marker;
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      if (frame && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        return segment.end - segment.start > 9 ? data[segment.start + 9] & 0xff : 0;
      }
    }
    return 0;
  }

  /** The TIFF structure of the first EXIF segment. */
  Optional<byte[]> exif() {
    return segments.stream()
        .filter(segment -> has(segment, APP1, EXIF))
        .map(segment -> Arrays.copyOfRange(data, segment.start + 4 + EXIF.length, segment.end))
        .findFirst();
  }

  /** The profile put together from its numbered chunks; empty where one is missing. */
  Optional<byte[]> iccProfile() {
    TreeMap<Integer, Segment> chunks = new TreeMap<>();
    int total = 0;
    for (Segment segment : segments) {
      if (has(segment, APP2, ICC) && segment.end - segment.start > 4 + ICC.length + 2) {
        chunks.put(data[segment.start + 4 + ICC.length] & 0xff, segment);
        total = data[segment.start + 4 + ICC.length + 1] & 0xff;
      }
    }
    if (chunks.isEmpty() || chunks.size() != total) {
      return Optional.empty();
    }
    ByteArrayOutputStream profile = new ByteArrayOutputStream();
    for (Segment segment : chunks.values()) {
      int payload = segment.start + 4 + ICC.length + 2;
      profile.write(data, payload, segment.end - payload);
    }
    return Optional.of(profile.toByteArray());
  }

  /** The file without its profile, whose colours are converted here at more than 8 bits. */
  byte[] withoutIccProfile() {
    if (segments.stream().noneMatch(segment -> has(segment, APP2, ICC))) {
      return data;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length);
    int kept = 0;
    for (Segment segment : segments) {
      if (has(segment, APP2, ICC)) {
        out.write(data, kept, segment.start - kept);
        kept = segment.end;
      }
    }
    out.write(data, kept, data.length - kept);
    return out.toByteArray();
  }

  private boolean has(Segment segment, int marker, byte[] name) {
    int payload = segment.start + 4;
    return segment.marker == marker
        && payload + name.length <= segment.end
        && Arrays.equals(data, payload, payload + name.length, name, 0, name.length);
  }
}
