package io.stablesr.metric;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}: a ZIP file of {@code .npy} arrays. Of these, double precision only. */
final class NumpyArchive {
  private static final int MAX_BYTES = 16 << 20;
  private static final int PREAMBLE = 10;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '<f8', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\),? *\\} *\\n");

  private NumpyArchive() {}

  /** An array in row-major order. */
  static final class Array {
    private final int[] shape;
    private final double[] values;

    Array(int[] shape, double[] values) {
      this.shape = shape.clone();
      this.values = values.clone();
    }
  }

  /** The arrays by name; those of other types are left out. */
  static Map<String, double[]> read(InputStream file) throws IOException {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    try {
      ZipInputStream zip = new ZipInputStream(file);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".npy")) {
          byte[] bytes = zip.readNBytes(MAX_BYTES);
          double[] values = array(bytes);
          if (values != null) {
            arrays.put(entry.getName().replaceFirst("\\.npy$", ""), values);
          }
        }
      }
    } catch (ZipException e) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_CORRUPT, "This is not a NumPy archive: " + e.getMessage(), e);
    }
    return arrays;
  }

  private static double[] array(byte[] bytes) {
    if (bytes.length < PREAMBLE || !Arrays.equals(bytes, 0, 6, MAGIC, 0, 6) || bytes[6] != 1) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = buffer.getShort(8) & 0xFFFF;
    if (PREAMBLE + length > bytes.length) {
      return null;
    }
    Matcher header =
        HEADER.matcher(new String(bytes, PREAMBLE, length, StandardCharsets.ISO_8859_1));
    if (!header.matches()) {
      return null;
    }
    List<Integer> shape =
        Arrays.stream(header.group(2).split(",", -1))
            .filter(side -> !side.isBlank())
            .map(side -> Integer.parseInt(side.strip()))
            .toList();
    long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (size * Double.BYTES != bytes.length - PREAMBLE - length) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_CORRUPT, "An array of the NumPy archive is cut short.");
    }
    double[] values = new double[(int) size];
    buffer
        .position(PREAMBLE + length)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .get(values);
    boolean columns = header.group(1).equals("True") && shape.size() > 1;
    return columns ? transposed(values, shape) : values;
  }

  private static double[] transposed(double[] values, List<Integer> shape) {
    if (shape.size() != 2) {
      return null;
    }
    double[] rows = new double[values.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = values[i % shape.get(1) * shape.get(0) + i / shape.get(1)];
    }
    return rows;
  }

  /** The same bytes for the same arrays. */
  static byte[] write(Map<String, Array> arrays) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, Array> array : new TreeMap<>(arrays).entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        // Otherwise the time of writing is in the file.
        entry.setTime(315_532_800_000L);
        zip.putNextEntry(entry);
        zip.write(bytes(array.getValue()));
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static byte[] bytes(Array array) {
    String shape =
        Arrays.stream(array.shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String text =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(shape, array.shape.length == 1 ? "," : "");
    int length = (PREAMBLE + text.length() + 1 + 63) / 64 * 64 - PREAMBLE;
    byte[] header =
        (text + " ".repeat(length - text.length() - 1) + "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer buffer =
        ByteBuffer.allocate(PREAMBLE + length + array.values.length * Double.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putShort((short) length)
            .put(header);
    buffer.asDoubleBuffer().put(array.values);
    return buffer.array();
  }
}
