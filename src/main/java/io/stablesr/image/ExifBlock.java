package io.stablesr.image;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The EXIF fields of a picture: those of its main directory and of the EXIF, GPS and
 * interoperability directories below it. Values are kept as raw bytes, so nothing changes that is
 * not meant to. The thumbnail's directory is never read.
 */
final class ExifBlock {
  static final int EXIF_POINTER = 0x8769;
  static final int GPS_POINTER = 0x8825;

  private static final int INTEROPERABILITY_POINTER = 0xa005;
  private static final int ORIENTATION = 0x0112;
  private static final int SOFTWARE = 0x0131;
  private static final int IMAGE_WIDTH = 0x0100;
  private static final int IMAGE_LENGTH = 0x0101;
  private static final int PIXEL_X_DIMENSION = 0xa002;
  private static final int PIXEL_Y_DIMENSION = 0xa003;
  private static final int MAKER_NOTE = 0x927c;
  private static final byte[] NAME = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  /** Real blocks stay below 64 KiB, those with a large maker note below a few MiB. */
  private static final int MAX_FIELD_BYTES = 4 << 20;

  /** Fields may share their bytes, so their sum is not bounded by the size of the block. */
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Fields of a TIFF file's main directory that say something about the picture, not about the
   * storage of its pixels: texts, resolution, dates, authorship, rating.
   */
  private static final Set<Integer> DESCRIBING =
      Set.of(
          269, 270, 271, 272, 282, 283, 285, 296, 305, 306, 315, 316, 0x4746, 0x4749, 33432, 0x9003,
          0x9213, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f);

  /** Fields of an EXIF block that describe how the pixels of a TIFF file would be stored. */
  private static final Set<Integer> STORAGE =
      Set.of(
          254, 255, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 330,
          338, 339, 347, 513, 514, 529, 530, 532, 700, 33723, 34377, 34675);

  private final ByteOrder order;
  private final TiffDirectory root;
  private final OptionalLong makerNotePosition;
  private final int damagedFields;

  private ExifBlock(
      ByteOrder order, TiffDirectory root, OptionalLong makerNotePosition, int damagedFields) {
    this.order = order;
    this.root = root;
    this.makerNotePosition = makerNotePosition;
    this.damagedFields = damagedFields;
  }

  /** The orientation a block asks for; a damaged block asks for none. */
  static Orientation orientation(byte[] block) {
    try {
      TiffReader reader = new TiffReader(FileWindow.of(block));
      OptionalLong value = reader.number(reader.directory(reader.first()), ORIENTATION);
      return Orientation.ofExif((int) Math.min(value.orElse(1), 9));
    } catch (IOException e) {
      return Orientation.NORMAL;
    }
  }

  /** A block without the name in front of it that JPEG needs and some other files have. */
  static byte[] unnamed(byte[] block) {
    boolean named =
        block.length >= NAME.length && Arrays.equals(block, 0, NAME.length, NAME, 0, NAME.length);
    return named ? Arrays.copyOfRange(block, NAME.length, block.length) : block;
  }

  /** Reads an EXIF block, a TIFF structure of its own. */
  static ExifBlock read(byte[] block) throws IOException {
    TiffReader reader = new TiffReader(FileWindow.of(block));
    return read(reader, true);
  }

  /** Reads the EXIF fields of a TIFF file. */
  static ExifBlock ofTiff(TiffReader reader) throws IOException {
    return read(reader, false);
  }

  private static ExifBlock read(TiffReader reader, boolean block) throws IOException {
    Loader loader = new Loader(reader);
    TiffDirectory root = loader.load(reader.first(), 0);
    root.removeIf(
        field -> block ? STORAGE.contains(field.tag()) : !DESCRIBING.contains(field.tag()));
    // In a BigTIFF file or another TIFF file the note has moved away from its offsets before.
    return new ExifBlock(
        reader.order(),
        root,
        block ? loader.makerNotePosition : OptionalLong.empty(),
        loader.damagedFields);
  }

  /** Whether there is any field. */
  boolean isEmpty() {
    return root.isEmpty();
  }

  /** How many fields could not be read. */
  int damagedFields() {
    return damagedFields;
  }

  /** The same fields for a result of another size that is stored as it is shown. */
  ExifBlock forResult(int width, int height, Optional<String> software) {
    TiffDirectory updated = root.inOrder(order, order);
    updated.put(TiffField.shorts(ORIENTATION, order, 1));
    replace(updated, IMAGE_WIDTH, width);
    replace(updated, IMAGE_LENGTH, height);
    software.ifPresent(text -> updated.put(TiffField.ascii(SOFTWARE, text)));
    updated
        .child(EXIF_POINTER)
        .ifPresent(
            exif -> {
              exif.put(TiffField.number(PIXEL_X_DIMENSION, order, width));
              exif.put(TiffField.number(PIXEL_Y_DIMENSION, order, height));
            });
    return new ExifBlock(order, updated, makerNotePosition, damagedFields);
  }

  /** The block as a TIFF structure of its own. */
  byte[] bytes() {
    Optional<TiffField> note = root.child(EXIF_POINTER).flatMap(exif -> exif.field(MAKER_NOTE));
    return note.isPresent()
        ? TiffStructure.write(root, order, note.get(), makerNotePosition)
        : TiffStructure.write(root, order, false);
  }

  /** What belongs into the main directory of a TIFF file. */
  TiffDirectory forTiff(ByteOrder fileOrder) {
    TiffDirectory directory = root.inOrder(order, fileOrder);
    directory.removeIf(field -> !DESCRIBING.contains(field.tag()) && field.tag() != ORIENTATION);
    return directory;
  }

  private void replace(TiffDirectory directory, int tag, int value) {
    if (directory.field(tag).isPresent()) {
      directory.put(TiffField.number(tag, order, value));
    }
  }

  private static final class Loader {
    private static final Map<Integer, Set<Integer>> POINTERS =
        Map.of(
            0,
            Set.of(EXIF_POINTER, GPS_POINTER),
            EXIF_POINTER,
            Set.of(INTEROPERABILITY_POINTER),
            GPS_POINTER,
            Set.of(),
            INTEROPERABILITY_POINTER,
            Set.of());

    private final TiffReader reader;
    private OptionalLong makerNotePosition = OptionalLong.empty();
    private int damagedFields;
    private long bytes;

    Loader(TiffReader reader) {
      this.reader = reader;
    }

    /**
     * {@code pointer} is the tag that led here, 0 for the main directory; so no cycle is followed.
     */
    TiffDirectory load(long offset, int pointer) throws IOException {
      TiffDirectory directory = new TiffDirectory();
      for (TiffReader.Entry entry : reader.directory(offset).entries()) {
        try {
          add(entry, pointer, directory);
        } catch (IOException e) {
          damagedFields++;
        }
      }
      return directory;
    }

    private void add(TiffReader.Entry entry, int pointer, TiffDirectory directory)
        throws IOException {
      if (POINTERS.get(pointer).contains(entry.tag())) {
        long offset = reader.field(entry, 8).firstNumber(reader.order());
        TiffDirectory child = load(offset, entry.tag());
        if (!child.isEmpty()) {
          directory.put(entry.tag(), child);
        }
        return;
      }
      boolean kept = pointer != 0 || !STORAGE.contains(entry.tag());
      // Types of BigTIFF have no place in an EXIF block.
      if (kept && entry.count() > 0 && entry.type() <= 12) {
        bytes += entry.bytes();
        if (bytes > MAX_BYTES) {
          throw new IOException("the fields have more than %d bytes".formatted(MAX_BYTES));
        }
        directory.put(reader.field(entry, MAX_FIELD_BYTES));
        if (entry.tag() == MAKER_NOTE && entry.bytes() > 4) {
          makerNotePosition = OptionalLong.of(entry.position());
        }
      }
    }
  }
}
