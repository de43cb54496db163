package io.stablesr.bench;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.FloatTensor;
import io.stablesr.network.DasrNet;
import io.stablesr.network.DasrPredictor;
import io.stablesr.network.FemaSr;
import io.stablesr.network.LatentDiffusionSr;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RrdbNet;
import io.stablesr.network.SrvggNet;
import io.stablesr.network.SwinIr;
import io.stablesr.network.SwinIr.Residual;
import io.stablesr.parity.SyntheticRules;
import io.stablesr.parity.SyntheticWeights;
import io.stablesr.testing.LatentDiffusionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes weight files of the other methods' published architectures with synthetic weights, to
 * measure what a method takes without its weights. Argument: a folder.
 */
public final class SyntheticNetworks {
  private SyntheticNetworks() {}

  /** Writes the files. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Map<String, RestorationNetwork> networks = new LinkedHashMap<>();
    networks.put("x4plus", new RrdbNet(64, 32, 23, 1, 2));
    networks.put("general", SrvggNet.GENERAL_X4);
    networks.put(
        "swinir-m",
        new SwinIr(180, Collections.nCopies(6, 6), 6, 8, 360, Residual.ONE_CONVOLUTION, 64, 2));
    networks.put(
        "swinir-l",
        new SwinIr(240, Collections.nCopies(9, 6), 8, 8, 480, Residual.BOTTLENECK, 64, 2));
    networks.put("dasr", new DasrNet(64, 16, 4, new DasrPredictor(64, 33, 15, 5)));
    networks.put(
        "femasr",
        new FemaSr(List.of(256, 256, 128, 64), 1, 1024, 512, List.of(6, 6, 6, 6), 8, 8, 32));
    for (Map.Entry<String, RestorationNetwork> network : networks.entrySet()) {
      SafetensorsWriter writer = new SafetensorsWriter(Map.of());
      network
          .getValue()
          .shapes()
          .forEach((key, shape) -> writer.add(key, values(key, shape), ElementType.F32));
      writer.write(folder.resolve(network.getKey() + ".safetensors"));
    }
    LatentDiffusionFile.write(
        folder.resolve("ldm.safetensors"), LatentDiffusionFile.weights(LatentDiffusionSr.OFFICIAL));
  }

  private static FloatTensor values(String key, long[] shape) {
    return FloatTensor.of(
        SyntheticWeights.values(key, shape, SyntheticRules.PLAIN),
        Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
  }
}
