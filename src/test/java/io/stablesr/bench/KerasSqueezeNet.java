package io.stablesr.bench;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/**
 * The SqueezeNet 1.1 of rcmalli's Keras port ({@code squeezenet_v1.1_..._notop.h5}) under
 * torchvision's keys. Its weights want blue, green, red minus Caffe's means.
 */
public final class KerasSqueezeNet {
  /** Keras' fire2 to fire9 in torchvision's numbering. */
  private static final int[] FIRE = {3, 4, 6, 7, 9, 10, 11, 12};

  private KerasSqueezeNet() {}

  /** {@code KerasSqueezeNet H5 SAFETENSORS} converts a file, for training's perceptual part. */
  public static void main(String[] args) {
    convert(Path.of(args[0]), Path.of(args[1]));
  }

  /** Writes the weights as a safetensors file. */
  public static void convert(Path h5, Path target) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    try (HdfFile file = new HdfFile(h5)) {
      addLayer(writer, (Group) file.getChild("conv1"), "features.0");
      for (int i = 0; i < FIRE.length; i++) {
        Group fire = (Group) file.getChild("fire" + (i + 2));
        String key = "features." + FIRE[i];
        addLayer(writer, (Group) fire.getChild("squeeze1x1"), key + ".squeeze");
        addLayer(writer, (Group) fire.getChild("expand1x1"), key + ".expand1x1");
        addLayer(writer, (Group) fire.getChild("expand3x3"), key + ".expand3x3");
      }
      writer.write(target);
    }
  }

  /** A layer's weight is the dataset of four dimensions, its bias that of one. */
  private static void addLayer(SafetensorsWriter writer, Group group, String key) {
    for (Node node : group) {
      if (node instanceof Group inner) {
        addLayer(writer, inner, key);
      } else if (node instanceof Dataset dataset) {
        int[] shape = dataset.getDimensions();
        float[] values = (float[]) dataset.getDataFlat();
        if (shape.length == 4) {
          writer.add(
              key + ".weight",
              ElementType.F32,
              new long[] {shape[3], shape[2], shape[0], shape[1]},
              () -> bytes(outputsFirst(values, shape)));
        } else {
          writer.add(key + ".bias", ElementType.F32, new long[] {shape[0]}, () -> bytes(values));
        }
      }
    }
  }

  /** From {@code [h,w,in,out]} to {@code [out,in,h,w]}. */
  private static float[] outputsFirst(float[] values, int[] shape) {
    float[] result = new float[values.length];
    int at = 0;
    for (int o = 0; o < shape[3]; o++) {
      for (int i = 0; i < shape[2]; i++) {
        for (int y = 0; y < shape[0]; y++) {
          for (int x = 0; x < shape[1]; x++) {
            result[at++] = values[((y * shape[1] + x) * shape[2] + i) * shape[3] + o];
          }
        }
      }
    }
    return result;
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
