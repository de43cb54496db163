package io.stablesr.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Metadata made by hand, independently of the code under test. */
final class MetadataSamples {
  static final byte[] MAKER_NOTE = "NOTE\1\2\3\4offsets inside".getBytes(StandardCharsets.US_ASCII);

  /** Record 2, data set 120, 8 bytes: a caption. */
  static final byte[] IPTC = {0x1c, 2, 120, 0, 8, 'A', ' ', 'b', 'r', 'i', 'd', 'g', 'e'};

  private static final int ENTRY = 12;

  private MetadataSamples() {}

  /** A JPEG photo of 24x16 stored pixels with EXIF, XMP and IPTC. */
  static byte[] jpeg(int orientation) {
    byte[] jpeg = SampleFiles.encode(new OutputFormat.Jpeg(95), Pictures.gradient(16, 24));
    ByteBuffer resources = ByteBuffer.allocate(12 + IPTC.length + IPTC.length % 2);
    resources.put("8BIM".getBytes(StandardCharsets.US_ASCII)).putShort((short) 0x0404);
    resources.putShort((short) 0).putInt(IPTC.length).put(IPTC);
    jpeg = SampleFiles.withJpegSegment(jpeg, 0xed, "Photoshop 3.0\0", resources.array());
    byte[] xmp = xmp("Gr\u00fc\u00dfe").getBytes(StandardCharsets.UTF_8);
    jpeg = SampleFiles.withJpegSegment(jpeg, 0xe1, "http://ns.adobe.com/xap/1.0/\0", xmp);
    return SampleFiles.withJpegSegment(jpeg, 0xe1, "Exif\0\0", exif(orientation));
  }

  static String xmp(String title) {
    return """
        <?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
         xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
         xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
         xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"
         GPano:CroppedAreaImageWidthPixels="24"
         tiff:ImageWidth="24" tiff:Orientation="6"><exif:PixelYDimension>16</exif:PixelYDimension
         ><xmp:Thumbnails><rdf:Alt/></xmp:Thumbnails><dc:title>%s</dc:title></rdf:Description
         ></rdf:RDF></x:xmpmeta>
        <?xpacket end="w"?>"""
        .formatted(title);
  }

  /**
   * A little-endian block: main directory (make, orientation, resolution, pointers), EXIF directory
   * (exposure, maker note, sizes), GPS directory, and a second directory with a thumbnail.
   */
  static byte[] exif(int orientation) {
    int main = 8;
    int mainEnd = main + 2 + 5 * ENTRY + 4;
    int make = mainEnd;
    int resolution = make + 12;
    int exif = resolution + 8;
    int exifEnd = exif + 2 + 4 * ENTRY + 4;
    int exposure = exifEnd;
    int note = exposure + 8;
    int gps = note + MAKER_NOTE.length + MAKER_NOTE.length % 2;
    int thumbnail = gps + 2 + ENTRY + 4;
    int end = thumbnail + 2 + 2 * ENTRY + 4 + 6;
    ByteBuffer out = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 42, 0}).putInt(main);
    out.putShort((short) 5);
    entry(out, 0x010f, 2, 11, make);
    entry(out, 0x0112, 3, 1, orientation);
    entry(out, 0x011a, 5, 1, resolution);
    entry(out, 0x8769, 4, 1, exif);
    entry(out, 0x8825, 4, 1, gps);
    out.putInt(thumbnail);
    out.put("Kamerawerk\0\0".getBytes(StandardCharsets.US_ASCII));
    out.putInt(300).putInt(1);
    out.putShort((short) 4);
    entry(out, 0x829a, 5, 1, exposure);
    entry(out, 0x927c, 7, MAKER_NOTE.length, note);
    entry(out, 0xa002, 3, 1, 24);
    entry(out, 0xa003, 3, 1, 16);
    out.putInt(0).putInt(1).putInt(250).put(MAKER_NOTE);
    out.position(gps);
    out.putShort((short) 1);
    entry(out, 1, 2, 2, 'N');
    out.putInt(0);
    out.putShort((short) 2);
    entry(out, 0x0201, 4, 1, end - 6);
    entry(out, 0x0202, 4, 1, 6);
    out.putInt(0).put(new byte[] {(byte) 0xff, (byte) 0xd8, 0, 0, (byte) 0xff, (byte) 0xd9});
    return out.array();
  }

  /** A TIFF file of one grey pixel whose directory names itself as the next one. */
  static byte[] cyclicTiff() {
    int[][] fields = {{256, 1}, {257, 1}, {258, 8}, {259, 1}, {262, 1}, {273, 8}, {279, 1}};
    ByteBuffer out =
        ByteBuffer.allocate(10 + 2 + fields.length * ENTRY + 4).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {'I', 'I', 42, 0}).putInt(10).putShort((short) 0);
    out.putShort((short) fields.length);
    for (int[] field : fields) {
      entry(out, field[0], 4, 1, field[1]);
    }
    return out.putInt(10).array();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static void entry(ByteBuffer out, int tag, int type, int count, int value) {
    out.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
  }
}
