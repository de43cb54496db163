package io.stablesr.network;

import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;

/**
 * The discriminator of adversarial training: convolutions that judge overlapping patches of a
 * picture (PatchGAN, Isola et al. 2017), as the published training of the fusion uses it.
 *
 * @param channels of the first convolution, 64
 * @param layers with a stride of two, 3
 * @param normalization between its convolutions
 */
public record PatchDiscriminator(int channels, int layers, Normalization normalization) {
  /** What stands between convolutions. */
  public enum Normalization {
    /** By the statistics of the batch, as published. */
    BATCH,
    /** Nothing; for batches too small to have statistics. */
    NONE
  }

  /** Where its weights stand in training states. */
  public static final Scope SCOPE = new Scope("loss.discriminator");

  /** The published one. */
  public static final PatchDiscriminator OFFICIAL =
      new PatchDiscriminator(64, 3, Normalization.BATCH);

  private static final int KERNEL = 4;
  private static final int MOST_MULTIPLES = 8;

  /** Checks the values. */
  public PatchDiscriminator {
    Checks.positive("discriminator.channels", channels);
    Checks.positive("discriminator.layers", layers);
  }

  /** {@code picture [N,3,H,W]} in -1..1 to {@code judgement [N,1,h,w]}, higher for real ones. */
  public Graph graph(int side) {
    Recorder recorder = new Recorder("discriminator");
    Scope main = SCOPE.at("main");
    Symbol x = recorder.input("picture", 1, 3, side, side);
    int index = 0;
    x = x.conv(main.at(index), channels, KERNEL, 2, 1).leakyRelu();
    index += 2;
    for (int layer = 1; layer <= layers; layer++) {
      int width = channels * Math.min(1 << layer, MOST_MULTIPLES);
      int stride = layer < layers ? 2 : 1;
      if (normalization == Normalization.BATCH) {
        x = x.convWithoutBias(main.at(index++), width, KERNEL, stride, 1);
        x = x.batchNorm(main.at(index)).leakyRelu();
      } else {
        x = x.conv(main.at(index++), width, KERNEL, stride, 1).leakyRelu();
      }
      index += 2;
    }
    recorder.output("judgement", x.conv(main.at(index), 1, KERNEL, 1, 1));
    return recorder.finish();
  }
}
