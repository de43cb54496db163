package io.stablesr.checkpoint;

import io.stablesr.core.FloatTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plain chain of convolutions in the format of ncnn: a text file that lists the layers and a file
 * with their weights one after the other. Read are the weights of {@code Convolution} and {@code
 * PReLU}; every byte must belong to one of them.
 *
 * <p>A convolution has a tag of 4 bytes (0: fp32 follow; {@code 0x01306B47}: fp16 follow, padded to
 * 4 bytes), its kernel {@code [out,in,k,k]} and its fp32 bias. A PReLU has fp32 slopes.
 */
public final class NcnnModel {
  private static final String MAGIC = "7767517";
  private static final int HALF_TAG = 0x01306B47;
  private static final int MAX_TEXT_BYTES = 1 << 20;

  private final List<Layer> layers;

  private NcnnModel(List<Layer> layers) {
    this.layers = List.copyOf(layers);
  }

  /**
   * A layer with weights.
   *
   * @param type {@code Convolution} or {@code PReLU}
   * @param name the layer's name in the file
   * @param tensors {@code weight [out,in,k,k]} and {@code bias [out]}, or {@code weight [C]}
   */
  public record Layer(String type, String name, Map<String, FloatTensor> tensors) {}

  /** The layers that have weights, in the order of the file. */
  public List<Layer> layers() {
    return layers;
  }

  /**
   * Reads a model.
   *
   * @param param the text file
   * @param bin the weights
   * @throws io.stablesr.core.StableSrException CHECKPOINT_CORRUPT for anything unexpected
   */
  public static NcnnModel read(Path param, Path bin) {
    try (WeightFile text = WeightFile.open(param);
        WeightFile weights = WeightFile.open(bin)) {
      if (text.size() > MAX_TEXT_BYTES) {
        throw text.corrupt("it has %d bytes; a list of layers is a short text", text.size());
      }
      List<String> lines = Files.readString(param, StandardCharsets.UTF_8).lines().toList();
      if (lines.size() < 2 || !lines.get(0).strip().equals(MAGIC)) {
        throw text.corrupt("it does not begin with %s, the mark of an ncnn model", MAGIC);
      }
      List<Layer> layers = new ArrayList<>();
      Position position = new Position(weights);
      for (String line : lines.subList(2, lines.size())) {
        if (!line.isBlank()) {
          layer(text, line.strip().split("\\s+", -1), position, layers);
        }
      }
      if (position.offset != weights.size()) {
        throw weights.corrupt("its layers take %d bytes of %d", position.offset, weights.size());
      }
      return new NcnnModel(layers);
    } catch (IOException e) {
      try (WeightFile text = WeightFile.open(param)) {
        throw text.corrupt("it is not text (%s)", e.getClass().getSimpleName());
      }
    }
  }

  private static void layer(
      WeightFile text, String[] words, Position position, List<Layer> layers) {
    if (words.length < 4) {
      throw text.corrupt("a line has only %d words", words.length);
    }
    String type = words[0];
    int blobs = number(text, words[2]) + number(text, words[3]);
    Map<Integer, Integer> options = new HashMap<>();
    for (int i = 4 + blobs; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      if (pair.length == 2 && !pair[1].matches(".*[.e].*")) {
        options.put(number(text, pair[0]), number(text, pair[1]));
      }
    }
    if (type.equals("Convolution")) {
      layers.add(new Layer(type, words[1], convolution(text, options, position)));
    } else if (type.equals("PReLU")) {
      int channels = options.getOrDefault(0, 0);
      layers.add(new Layer(type, words[1], Map.of("weight", position.floats(channels, channels))));
    } else if (!List.of("Input", "Split", "PixelShuffle", "Interp", "BinaryOp").contains(type)) {
      throw text.corrupt("layer '%s' is of kind '%s', which is not read", words[1], type);
    }
  }

  private static Map<String, FloatTensor> convolution(
      WeightFile text, Map<Integer, Integer> options, Position position) {
    int out = options.getOrDefault(0, 0);
    int kernel = options.getOrDefault(1, 0);
    int size = options.getOrDefault(6, 0);
    long plane = (long) out * kernel * kernel;
    if (plane < 1 || plane > size || size % plane != 0) {
      throw text.corrupt(
          "a convolution of %d channels and side %d cannot have %d weights", out, kernel, size);
    }
    int[] shape = {out, (int) (size / plane), kernel, kernel};
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", position.tagged(size, shape));
    if (options.getOrDefault(5, 0) == 1) {
      tensors.put("bias", position.floats(out, out));
    }
    return tensors;
  }

  private static int number(WeightFile text, String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw text.corrupt("'%s' stands where a number is expected", word);
    }
  }

  /** How far the weights have been read. */
  private static final class Position {
    private final WeightFile file;
    private long offset;

    Position(WeightFile file) {
      this.file = file;
    }

    FloatTensor tagged(int size, int... shape) {
      int tag = take(4).getInt();
      if (tag == 0) {
        return floats(size, shape);
      }
      if (tag != HALF_TAG) {
        throw file.corrupt("a convolution is stored in the unknown way %x", tag);
      }
      ByteBuffer halves = take((2L * size + 3) / 4 * 4);
      return FloatTensor.of(ElementReader.floats(ElementType.F16, halves.limit(2 * size)), shape);
    }

    FloatTensor floats(int size, int... shape) {
      return FloatTensor.of(ElementReader.floats(ElementType.F32, take(4L * size)), shape);
    }

    private ByteBuffer take(long bytes) {
      ByteBuffer window = file.map(offset, bytes);
      offset += bytes;
      return window;
    }
  }
}
