package io.stablesr.network;

import io.stablesr.checkpoint.NcnnModel;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The compact network of Real-ESRGAN (SRVGGNetCompact): convolutions with PReLU at the resolution
 * of the input, pixels made of channels at the end, added to the input enlarged by repetition. With
 * scale 1, which is not among the published ones, nothing is enlarged: the network adds to the
 * input.
 *
 * @param channels of every convolution but the last, 64
 * @param convolutions between the first and the last: 32, or 16 for drawn video
 * @param scale enlargement, 2 or 4; 1 where it only cleans
 */
public record SrvggNet(int channels, int convolutions, int scale) implements RestorationNetwork {
  /** {@code realesr-general-x4v3}. */
  public static final SrvggNet GENERAL_X4 = new SrvggNet(64, 32, 4);

  /** {@code realesr-animevideov3}. */
  public static final SrvggNet ANIME_VIDEO_X4 = new SrvggNet(64, 16, 4);

  private static final Scope BODY = new Scope("body");

  /** Checks every value. */
  public SrvggNet {
    Checks.positive("srvgg.channels", channels);
    Checks.positive("srvgg.convolutions", convolutions);
    if (scale != 1 && scale != 2 && scale != 4) {
      throw new StableSrException(
          ErrorCode.CONFIG, "srvgg.scale is %d; it must be 1, 2 or 4.".formatted(scale));
    }
  }

  /** Reads the numbers off the shapes of a file. */
  static SrvggNet infer(Map<String, long[]> shapes) {
    KeyShapes keys = new KeyShapes(shapes);
    int last = keys.count("body.") - 1;
    int outputs = keys.length(BODY.at(last).key("weight"), 0);
    int scale = (int) Math.round(Math.sqrt(outputs / 3.0));
    if (last < 4 || last % 2 == 1 || 3 * scale * scale != outputs) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot tell the architecture: body.0 to body.%d with %d results are no SRVGGNetCompact; after the first convolution come pairs of PReLU and convolution, and the last has 3 times the square of the scale."
              .formatted(last, outputs));
    }
    return new SrvggNet(keys.length("body.0.weight", 0), last / 2 - 1, scale);
  }

  @Override
  public Family family() {
    return Family.SRVGG;
  }

  @Override
  public int alignment() {
    return 1;
  }

  @Override
  public Graph graph(int height, int width) {
    Recorder recorder = new Recorder("srvgg");
    recorder.output("out", record(recorder.input("picture", 1, 3, height, width)));
    return recorder.finish();
  }

  private Symbol record(Symbol picture) {
    Symbol x = picture;
    int index = 0;
    for (int layer = 0; layer <= convolutions; layer++) {
      x = x.conv3x3(BODY.at(index++), channels).prelu(BODY.at(index++));
    }
    x = x.conv3x3(BODY.at(index), 3 * scale * scale);
    if (scale == 1) {
      return x.plus(picture);
    }
    Symbol enlarged = picture.upsampleNearest();
    return x.pixelShuffle(scale).plus(scale == 4 ? enlarged.upsampleNearest() : enlarged);
  }

  /** The weights of an ncnn model under the keys that {@link #graph} reads. */
  public static Map<String, FloatTensor> weights(NcnnModel model) {
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    for (int index = 0; index < model.layers().size(); index++) {
      Scope scope = BODY.at(index);
      model
          .layers()
          .get(index)
          .tensors()
          .forEach((name, tensor) -> weights.put(scope.key(name), tensor));
    }
    return weights;
  }
}
