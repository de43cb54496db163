package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** A marker segment of a JPEG file that carries metadata. */
final class JpegSegment {
  /** A segment's length has 16 bits and counts itself. */
  private static final int MAX_PAYLOAD = 65_533;

  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int APP13 = 0xed;
  private static final int COM = 0xfe;

  private final int marker;
  private final byte[] payload;

  JpegSegment(int marker, byte[] payload) {
    this.marker = marker;
    this.payload = payload;
  }

  byte[] payload() {
    return payload;
  }

  /** The segments for a result; what is too long for one is left out with a warning. */
  static List<JpegSegment> of(ResultMetadata metadata, List<ImageWarning> warnings) {
    List<JpegSegment> segments = new ArrayList<>();
    metadata
        .exif()
        .ifPresent(exif -> add(segments, "EXIF", APP1, "Exif\0\0", exif.bytes(), warnings));
    metadata
        .xmp()
        .ifPresent(
            xmp -> add(segments, "XMP", APP1, "http://ns.adobe.com/xap/1.0/\0", xmp, warnings));
    metadata.profile().ifPresent(profile -> addProfile(segments, profile));
    metadata
        .iptc()
        .ifPresent(
            iptc ->
                add(
                    segments,
                    "IPTC",
                    APP13,
                    "Photoshop 3.0\0",
                    PhotoshopResources.ofIptc(iptc),
                    warnings));
    String comment = metadata.sourceTexts().get("Comment");
    if (comment != null) {
      add(segments, "comment", COM, "", comment.getBytes(StandardCharsets.UTF_8), warnings);
    }
    if (!metadata.ownTexts().isEmpty()) {
      byte[] lines = metadata.ownLines().getBytes(StandardCharsets.UTF_8);
      add(segments, "parameter", COM, "", lines, warnings);
    }
    metadata.warnOfTexts("JPEG", "Comment", warnings);
    return segments;
  }

  /** Puts the segments in front of all others but JFIF, and switches chroma subsampling off. */
  static void addTo(IIOMetadata metadata, List<JpegSegment> segments)
      throws IIOInvalidTreeException {
    String format = "javax_imageio_jpeg_image_1.0";
    Element root = (Element) metadata.getAsTree(format);
    NodeList components = root.getElementsByTagName("componentSpec");
    for (int i = 0; i < components.getLength(); i++) {
      Element component = (Element) components.item(i);
      component.setAttribute("HsamplingFactor", "1");
      component.setAttribute("VsamplingFactor", "1");
    }
    Element sequence = (Element) root.getElementsByTagName("markerSequence").item(0);
    Node first = sequence.getFirstChild();
    for (JpegSegment segment : segments) {
      IIOMetadataNode node = new IIOMetadataNode(segment.marker == COM ? "com" : "unknown");
      if (segment.marker != COM) {
        node.setAttribute("MarkerTag", String.valueOf(segment.marker));
      }
      node.setUserObject(segment.payload);
      sequence.insertBefore(node, first);
    }
    metadata.setFromTree(format, root);
  }

  private static void add(
      List<JpegSegment> segments,
      String what,
      int marker,
      String name,
      byte[] content,
      List<ImageWarning> warnings) {
    byte[] payload = join(name.getBytes(StandardCharsets.ISO_8859_1), content);
    if (payload.length > MAX_PAYLOAD) {
      warnings.add(
          ResultMetadata.dropped(
              "The %s metadata of %d bytes were left out: a JPEG segment holds 65533."
                  .formatted(what, payload.length)));
    } else {
      segments.add(new JpegSegment(marker, payload));
    }
  }

  private static void addProfile(List<JpegSegment> segments, byte[] profile) {
    int chunkBytes = MAX_PAYLOAD - 14;
    int chunks = (profile.length + chunkBytes - 1) / chunkBytes;
    for (int i = 0; i < chunks; i++) {
      byte[] name = "ICC_PROFILE\0\0\0".getBytes(StandardCharsets.US_ASCII);
      name[12] = (byte) (i + 1);
      name[13] = (byte) chunks;
      int end = Math.min((i + 1) * chunkBytes, profile.length);
      segments.add(
          new JpegSegment(APP2, join(name, Arrays.copyOfRange(profile, i * chunkBytes, end))));
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(one.length + other.length);
    out.writeBytes(one);
    out.writeBytes(other);
    return out.toByteArray();
  }
}
