package io.stablesr.image;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * Orientation and colour profile of a file. Damaged metadata count as absent: they must not stop
 * the picture.
 */
record FileMetadata(Orientation orientation, Optional<byte[]> iccProfile) {
  /** Real profiles stay below 4 MB; a compressed one may claim gigabytes. */
  private static final int MAX_PROFILE_BYTES = 16 << 20;

  /** {@code bytes} may be the beginning of a file. */
  static FileMetadata read(ImageFormat format, byte[] bytes) {
    return switch (format) {
      case JPEG -> {
        JpegSegments segments = JpegSegments.scan(bytes);
        yield of(segments.exif(), segments.iccProfile());
      }
      case PNG -> readPng(bytes);
      case WEBP -> readWebp(bytes);
      case TIFF -> of(Optional.of(bytes), Optional.empty());
      case BMP -> of(Optional.empty(), Optional.empty());
    };
  }

  private static FileMetadata of(Optional<byte[]> exif, Optional<byte[]> icc) {
    return new FileMetadata(exif.map(FileMetadata::orientation).orElse(Orientation.NORMAL), icc);
  }

  private static Orientation orientation(byte[] exif) {
    Metadata metadata = new Metadata();
    new ExifReader().extract(new ByteArrayReader(exif), metadata);
    for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
      Integer value = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
      if (value != null) {
        return Orientation.ofExif(value);
      }
    }
    return Orientation.NORMAL;
  }

  private static FileMetadata readPng(byte[] bytes) {
    Optional<byte[]> exif = Optional.empty();
    Optional<byte[]> icc = Optional.empty();
    ByteBuffer file = ByteBuffer.wrap(bytes);
    int at = 8;
    while (at + 8 <= bytes.length) {
      long length = file.getInt(at) & 0xffffffffL;
      String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (at + 8 + length > bytes.length) {
        break;
      }
      byte[] payload =
          type.equals("eXIf") || type.equals("iCCP")
              ? Arrays.copyOfRange(bytes, at + 8, at + 8 + (int) length)
              : new byte[0];
      if (type.equals("eXIf")) {
        exif = Optional.of(payload);
      } else if (type.equals("iCCP")) {
        icc = inflatePngProfile(payload);
      }
      if (at + 12 + length > bytes.length) {
        break;
      }
      at += 12 + (int) length;
    }
    return of(exif, icc);
  }

  /** The payload is a name, a zero, the compression method 0, and the deflated profile. */
  private static Optional<byte[]> inflatePngProfile(byte[] payload) {
    int nameEnd = 0;
    while (nameEnd < payload.length && payload[nameEnd] != 0) {
      nameEnd++;
    }
    int start = nameEnd + 2;
    if (start >= payload.length) {
      return Optional.empty();
    }
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(payload, start, payload.length - start))) {
      byte[] profile = in.readNBytes(MAX_PROFILE_BYTES + 1);
      return profile.length > MAX_PROFILE_BYTES ? Optional.empty() : Optional.of(profile);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static FileMetadata readWebp(byte[] bytes) {
    Optional<byte[]> exif = Optional.empty();
    Optional<byte[]> icc = Optional.empty();
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long at = 12;
    while (at + 8 <= bytes.length) {
      long length = file.getInt((int) at + 4) & 0xffffffffL;
      if (at + 8 + length > bytes.length) {
        break;
      }
      String type = new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1);
      int start = (int) at + 8;
      int end = (int) (start + length);
      if (type.equals("EXIF")) {
        exif = Optional.of(withoutExifName(Arrays.copyOfRange(bytes, start, end)));
      } else if (type.equals("ICCP")) {
        icc = Optional.of(Arrays.copyOfRange(bytes, start, end));
      }
      at += 8 + length + (length & 1);
    }
    return of(exif, icc);
  }

  /** Some writers keep the name that only JPEG needs. */
  private static byte[] withoutExifName(byte[] payload) {
    boolean named = payload.length > 6 && payload[0] == 'E' && payload[1] == 'x';
    return named ? Arrays.copyOfRange(payload, 6, payload.length) : payload;
  }
}
