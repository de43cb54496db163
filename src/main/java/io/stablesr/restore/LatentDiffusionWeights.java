package io.stablesr.restore;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.KeyCheck;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import io.stablesr.network.LatentDiffusionSr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The weights of {@link LatentDiffusionSr} from its file, complete and of the right shapes. */
final class LatentDiffusionWeights implements AutoCloseable {
  private static final int LISTED = 5;

  private final Checkpoint file;
  private final LatentDiffusionSr network;
  private final Weights unet;
  private final Weights firstStage;

  private LatentDiffusionWeights(
      Checkpoint file, LatentDiffusionSr network, Weights unet, Weights firstStage) {
    this.file = file;
    this.network = network;
    this.unet = unet;
    this.firstStage = firstStage;
  }

  /**
   * Opens and checks a file. Where it holds averaged weights of the UNet, these are taken.
   *
   * @throws StableSrException INPUT_NOT_FOUND; CHECKPOINT_CORRUPT for a damaged file;
   *     CHECKPOINT_KEYS where keys are missing, of another shape or unknown
   */
  static LatentDiffusionWeights open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new StableSrException(
          ErrorCode.INPUT_NOT_FOUND,
          "There is no weight file %s; every executor has to see it at this path.".formatted(path));
    }
    Checkpoint file = Checkpoint.open(path);
    try {
      return checked(path, file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static LatentDiffusionWeights checked(Path path, Checkpoint file) {
    Weights all = Weights.of(file);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    all.names().forEach(key -> shapes.put(key, all.get(key).shape()));
    LatentDiffusionSr network = LatentDiffusionSr.infer(shapes);
    Map<String, String> averaged = network.averagedKeys();
    boolean hasAverages = averaged.values().stream().anyMatch(all.names()::contains);
    Map<String, String> plain =
        averaged.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    Weights unet =
        hasAverages
            ? all.below("model_ema.")
                .mapped(key -> plain.getOrDefault("model_ema." + key, "model_ema." + key))
            : all;
    int side = network.alignment();
    Map<String, long[]> denoiser = shapes(network.denoiser(new Extent(1, side, side)));
    String what = "%s of LDM from " + path;
    KeyCheck.of(denoiser, unet)
        .requireComplete(
            what.formatted(hasAverages ? "the averaged UNet (model_ema)" : "the UNet"));
    Map<String, long[]> decoder = new LinkedHashMap<>();
    shapes(network.decoder().decoder(new Extent(1, side, side), Graphs.CFW_SCOPE))
        .forEach((key, shape) -> decoder.put(LatentDiffusionSr.FIRST_STAGE + key, shape));
    decoder.put(
        LatentDiffusionSr.FIRST_STAGE + LatentDiffusionSr.CODEBOOK, network.codebookShape());
    KeyCheck.of(decoder, all).requireComplete(what.formatted("the autoencoder"));

    Set<String> known = new HashSet<>(denoiser.keySet());
    known.addAll(averaged.values());
    known.addAll(decoder.keySet());
    requireNoOthers(path, all, known);
    return new LatentDiffusionWeights(
        file, network, unet, all.below(LatentDiffusionSr.FIRST_STAGE));
  }

  private static void requireNoOthers(Path path, Weights all, Set<String> known) {
    List<String> unknown =
        all.names().stream()
            .filter(key -> !known.contains(key) && !LatentDiffusionSr.isUnread(key))
            .toList();
    if (!unknown.isEmpty()) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "Cannot load LDM from %s: %d keys are unknown (%s%s); this is another model."
              .formatted(
                  path,
                  unknown.size(),
                  unknown.stream().limit(LISTED).collect(Collectors.joining(", ")),
                  unknown.size() > LISTED ? ", ..." : ""));
    }
  }

  private static Map<String, long[]> shapes(Graph graph) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    graph
        .parameters()
        .forEach(
            (key, spec) ->
                shapes.put(key, spec.shape().stream().mapToLong(Integer::longValue).toArray()));
    return shapes;
  }

  /** What the file holds. */
  LatentDiffusionSr network() {
    return network;
  }

  /** The weights that {@link LatentDiffusionSr#denoiser} reads; valid until close. */
  Weights unet() {
    return unet;
  }

  /** The autoencoder's weights under their root keys; valid until close. */
  Weights firstStage() {
    return firstStage;
  }

  /** The codebook {@code [codes,C]}. */
  FloatTensor codebook() {
    return firstStage.get(LatentDiffusionSr.CODEBOOK).toFloats();
  }

  @Override
  public void close() {
    file.close();
  }
}
