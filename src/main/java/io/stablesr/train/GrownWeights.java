package io.stablesr.train;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.ParameterSpec;
import io.stablesr.network.Architecture;
import io.stablesr.network.AutoencoderConfig;
import io.stablesr.network.Unet;
import io.stablesr.network.UnetConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Weights of a larger restorer that computes what a smaller one does, so that training goes on
 * instead of starting anew (Net2Net, Chen et al. 2016).
 *
 * <p>A wider UNet has every channel several times, neighbours of each other, and what read a
 * channel reads its copies with shares that sum to one; the shares are drawn, so the copies get
 * different gradients and part. Statistics of normalisations stay, as a group holds copies of the
 * same channels. Attention has every head several times. A deeper autoencoder has residual blocks
 * whose branch ends in zeros.
 */
final class GrownWeights {
  private static final Pattern BLOCK =
      Pattern.compile("(encoder\\.down|decoder\\.up)\\.\\d+\\.block\\.(\\d+)\\.(.*)");

  /** How far shares lie from even ones, as the deviation of a normal distribution. */
  private static final double SPREAD = 0.25;

  private final Architecture from;
  private final Architecture to;
  private final int copies;
  private final long seed;

  /**
   * A growth.
   *
   * @throws StableSrException CONFIG where {@code to} differs in anything but a multiple of {@code
   *     unet.model-channels} and more {@code autoencoder.residual-blocks}
   */
  GrownWeights(Architecture from, Architecture to, long seed) {
    this.from = from;
    this.to = to;
    this.seed = seed;
    int width = from.unet().modelChannels();
    this.copies = to.unet().modelChannels() / width;
    Architecture reachable =
        new Architecture(
            wide(from.unet(), Math.max(1, copies) * width),
            from.conditionEncoder(),
            deep(
                from.autoencoder(),
                Math.max(from.autoencoder().residualBlocks(), to.autoencoder().residualBlocks())),
            from.textEncoder());
    if (!reachable.equals(to)) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "A restorer grows by a multiple of unet.model-channels (%d) and by autoencoder.residual-blocks (%d) alone; make all else of the larger architecture equal."
              .formatted(width, from.autoencoder().residualBlocks()));
    }
  }

  private static UnetConfig wide(UnetConfig unet, int modelChannels) {
    return new UnetConfig(
        unet.latentChannels(),
        modelChannels,
        unet.channelMultipliers(),
        unet.residualBlocks(),
        unet.attentionFactors(),
        unet.headChannels(),
        unet.contextWidth(),
        unet.conditionChannels(),
        unet.modulationHidden(),
        unet.normGroups(),
        unet.feedForwardMultiplier());
  }

  private static AutoencoderConfig deep(AutoencoderConfig autoencoder, int residualBlocks) {
    return new AutoencoderConfig(
        autoencoder.channels(),
        autoencoder.channelMultipliers(),
        residualBlocks,
        autoencoder.latentChannels(),
        autoencoder.middleAttention(),
        autoencoder.normGroups(),
        autoencoder.fusionBlocks(),
        autoencoder.fusionGrowth());
  }

  /**
   * The weights of the larger restorer.
   *
   * @param values those of the smaller one; what its networks do not read is handed on
   * @param graphs the larger one's networks
   */
  Map<String, FloatTensor> of(Map<String, FloatTensor> values, List<Graph> graphs) {
    Map<String, FloatTensor> grown = new LinkedHashMap<>(values);
    for (Graph graph : graphs) {
      for (ParameterSpec spec : graph.parameters().values()) {
        FloatTensor value = values.get(spec.key());
        if (value == null) {
          if (endsNewBranch(spec.key())) {
            grown.put(spec.key(), FloatTensor.zeros(lengths(spec)));
          }
        } else if (spec.key().startsWith(Unet.SCOPE.prefix())) {
          grown.put(spec.key(), wider(spec.key(), value, lengths(spec)));
        }
      }
    }
    return InitialWeights.complete(grown, graphs, seed);
  }

  private boolean endsNewBranch(String key) {
    Matcher block = BLOCK.matcher(key);
    if (!block.matches() || !block.group(3).startsWith("conv2.")) {
      return false;
    }
    int before = from.autoencoder().residualBlocks() + (key.contains("decoder.") ? 1 : 0);
    return Integer.parseInt(block.group(2)) >= before;
  }

  private static int[] lengths(ParameterSpec spec) {
    return spec.shape().stream().mapToInt(Integer::intValue).toArray();
  }

  private FloatTensor wider(String key, FloatTensor value, int[] shape) {
    int outputs = value.dim(0);
    int inputs = value.rank() > 1 ? value.dim(1) : 1;
    int wideInputs = value.rank() > 1 ? shape[1] : 1;
    int taps = value.size() / (outputs * inputs);
    List<List<Integer>> readers = readers(key, inputs, wideInputs);
    FloatTensor wide = FloatTensor.zeros(shape);
    SplittableRandom random = new SplittableRandom(seed ^ 31L * key.hashCode());
    for (int out = 0; out < shape[0]; out++) {
      int source = original(key, out, outputs, shape[0]);
      for (int in = 0; in < inputs; in++) {
        double[] shares = shares(readers.get(in).size(), random);
        for (int copy = 0; copy < shares.length; copy++) {
          int at = (out * wideInputs + readers.get(in).get(copy)) * taps;
          int of = (source * inputs + in) * taps;
          for (int tap = 0; tap < taps; tap++) {
            wide.data()[at + tap] = (float) (shares[copy] * value.data()[of + tap]);
          }
        }
      }
    }
    return wide;
  }

  /** For each channel that was read, the channels that hold it now. */
  private List<List<Integer>> readers(String key, int inputs, int wideInputs) {
    List<List<Integer>> readers = new ArrayList<>();
    for (int in = 0; in < inputs; in++) {
      readers.add(new ArrayList<>());
    }
    boolean heads = key.contains(".to_out.");
    boolean frequencies = key.equals(Unet.SCOPE.at("time_embed.0").prefix() + ".weight");
    for (int wide = 0; wide < wideInputs; wide++) {
      int in;
      if (heads) {
        in = ofHead(wide, inputs, wideInputs);
      } else {
        in = (int) ((long) wide * inputs / wideInputs);
      }
      // A wider sinusoid has the old frequencies at every copies-th place, new ones between them.
      if (!frequencies || wide % copies == 0) {
        readers.get(in).add(wide);
      }
    }
    return readers;
  }

  private int original(String key, int wide, int narrowCount, int wideCount) {
    boolean heads = key.contains(".to_q.") || key.contains(".to_k.") || key.contains(".to_v.");
    return heads
        ? ofHead(wide, narrowCount, wideCount)
        : (int) ((long) wide * narrowCount / wideCount);
  }

  private int ofHead(int wide, int narrowCount, int wideCount) {
    int head = to.unet().headChannels();
    int times = wideCount / narrowCount;
    return wide / head / times * head + wide % head;
  }

  private static double[] shares(int count, SplittableRandom random) {
    if (count == 1) {
      return new double[] {1};
    }
    double[] shares = new double[count];
    double mean = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = SPREAD * random.nextGaussian();
      mean += shares[i] / count;
    }
    for (int i = 0; i < count; i++) {
      shares[i] += 1.0 / count - mean;
    }
    return shares;
  }
}
