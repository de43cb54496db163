package io.stablesr.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what torch.save has written since 1.6: a zip with {@code <root>/data.pkl}, one entry {@code
 * <root>/data/<key>} for each storage, and {@code <root>/byteorder} in newer files.
 */
final class TorchZipReader {
  private static final String PICKLE = "/data.pkl";

  private final WeightFile file;
  private final ZipDirectory zip;
  private final String root;

  private TorchZipReader(WeightFile file) {
    this.file = file;
    this.zip = ZipDirectory.read(file);
    this.root = root();
  }

  static CheckpointContents read(WeightFile file) {
    return new TorchZipReader(file).read();
  }

  private CheckpointContents read() {
    requireLittleEndian();
    ZipDirectory.Location pickle = zip.find(root + PICKLE).orElseThrow();
    if (pickle.bytes() > PickleInput.MAX_BYTES) {
      throw file.corrupt(
          "its data.pkl has %d bytes; the limit is %d", pickle.bytes(), PickleInput.MAX_BYTES);
    }
    PickleInput input = new PickleInput(file, file.map(pickle.offset(), pickle.bytes()));
    return StateDict.contents(
        file, new PickleParser(input, new TorchTensors(file, this::locate)).parse());
  }

  private String root() {
    String found = null;
    for (String name : zip.names()) {
      if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
        if (found != null) {
          throw file.corrupt("it holds more than one data.pkl");
        }
        found = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (found == null) {
      throw file.corrupt("it is a zip file without data.pkl, so torch.save did not write it");
    }
    return found;
  }

  private void requireLittleEndian() {
    ZipDirectory.Location order = zip.find(root + "/byteorder").orElse(null);
    if (order != null) {
      int length = (int) Math.min(order.bytes(), 16);
      ByteBuffer text = file.read(order.offset(), length);
      if (!StandardCharsets.ISO_8859_1.decode(text).toString().equals("little")) {
        throw file.corrupt("its byte order is not 'little'; save it again on a common machine");
      }
    }
  }

  private void locate(String key, StorageRegion region) {
    ZipDirectory.Location data =
        zip.find(root + "/data/" + key)
            .orElseThrow(() -> file.corrupt("storage '%s' is missing from the zip file", key));
    if (data.bytes() < region.bytes()) {
      throw file.corrupt(
          "storage '%s' needs %d bytes but has %d", key, region.bytes(), data.bytes());
    }
    region.place(data.offset());
  }
}
