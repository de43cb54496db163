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
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LONG_XMP =
      "http://ns.adobe.com/xmp/extension/\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PHOTOSHOP = "Photoshop 3.0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int APP13 = 0xed;
  private static final int COM = 0xfe;
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
    int frame = firstFrame();
    return frame >= 0 && frame + 9 < data.length ? data[frame + 9] & 0xff : 0;
  }

  /** Where the frame header begins, -1 where there is none. */
  private int firstFrame() {
    for (Segment segment : segments) {
      int marker = segment.marker;
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      if (frame && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        return segment.start;
      }
    }
    return -1;
  }

  /** Hands over EXIF, XMP, IPTC, profile and comment. */
  void collect(MetadataCollector collector) {
    ByteArrayOutputStream resources = new ByteArrayOutputStream();
    boolean longXmp = false;
    for (Segment segment : segments) {
      if (has(segment, APP1, EXIF)) {
        collector.exif(payload(segment, EXIF));
      } else if (has(segment, APP1, XMP)) {
        collector.xmp(payload(segment, XMP));
      } else if (has(segment, APP13, PHOTOSHOP)) {
        resources.writeBytes(payload(segment, PHOTOSHOP));
      } else if (segment.marker == COM) {
        byte[] comment = payload(segment, new byte[0]);
        collector.text("Comment", new String(comment, StandardCharsets.UTF_8).strip());
      }
      longXmp |= has(segment, APP1, LONG_XMP);
    }
    PhotoshopResources.iptc(resources.toByteArray()).ifPresent(collector::iptc);
    if (longXmp) {
      collector.damaged("XMP", "what exceeds 64 KiB is not read");
    }
    Optional<byte[]> profile = iccProfile();
    profile.ifPresent(collector::profile);
    if (profile.isEmpty() && hasIccProfile()) {
      collector.damagedProfile("its parts are not complete");
    }
  }

  private boolean hasIccProfile() {
    return segments.stream().anyMatch(segment -> has(segment, APP2, ICC));
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
    if (!hasIccProfile()) {
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

  private byte[] payload(Segment segment, byte[] name) {
    return Arrays.copyOfRange(data, segment.start + 4 + name.length, segment.end);
  }

  private boolean has(Segment segment, int marker, byte[] name) {
    int payload = segment.start + 4;
    return segment.marker == marker
        && payload + name.length <= segment.end
        && Arrays.equals(data, payload, payload + name.length, name, 0, name.length);
  }
}
