package io.stablesr.restore;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.KeyCheck;
import io.stablesr.checkpoint.NcnnModel;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.network.RestorationKeys;
import io.stablesr.network.RestorationNetwork;
import io.stablesr.network.RestorationNetwork.Family;
import io.stablesr.network.SrvggNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Weights of a restoration network from files of any known format, under current names, complete
 * and of the right shapes. What is not stored as it is needed (ncnn, a mean of two files, two
 * networks of which one guides the other) is in a temporary file, which is deleted on close.
 */
final class RestorationWeights implements AutoCloseable {
  /** Tensors that are stored although they follow from the architecture of the windows. */
  private static final List<String> COMPUTED = List.of("attn_mask", "relative_position_index");

  /** Tensors of FeMaSR's files that are from its training or from earlier versions of it. */
  private static final List<String> LEFT_OVER =
      List.of(
          "sft_fusion_group.",
          "multiscale_encoder.upsampler.",
          "conv_semantic.",
          "vgg_feat_extractor.");

  private static final List<String> WRAPPERS = List.of("params_ema.", "params.", "module.");

  private static final int LISTED = 5;

  private final RestorationNetwork network;
  private final Weights weights;
  private final Checkpoint file;
  private final Path temporary;

  private RestorationWeights(
      RestorationNetwork network, Weights weights, Checkpoint file, Path temporary) {
    this.network = network;
    this.weights = weights;
    this.file = file;
    this.temporary = temporary;
  }

  /**
   * Opens and checks the files of a network.
   *
   * @throws StableSrException INPUT_NOT_FOUND; CHECKPOINT_CORRUPT for a damaged file;
   *     CHECKPOINT_KEYS where keys are missing, of another shape or unknown, or two files differ in
   *     them
   */
  static RestorationWeights open(NetworkFiles files) {
    if (!files.predictor().isBlank()) {
      return stored(Path.of(files.weights()), guided(files));
    }
    if (files.weakWeights().isBlank()) {
      Path path = WeightFiles.existing(files.weights());
      return WeightFiles.isNcnn(path) ? stored(path, ncnn(path)) : plain(path);
    }
    return stored(Path.of(files.weights()), mean(files));
  }

  private static Map<String, FloatTensor> guided(NetworkFiles files) {
    Map<String, FloatTensor> values =
        new LinkedHashMap<>(values(WeightFiles.existing(files.weights())));
    Map<String, FloatTensor> predictor = values(WeightFiles.existing(files.predictor()));
    if (hasPredictor(values)) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "%s holds the predictor of DASR already; leave out model.predictor-weights (%s)."
              .formatted(files.weights(), files.predictor()));
    }
    if (!hasPredictor(predictor) || predictor.keySet().stream().anyMatch(values::containsKey)) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "model.predictor-weights is %s, which is not the predictor of DASR alone (ConvNet..., MappingNet...); that is net_p.pth."
              .formatted(files.predictor()));
    }
    values.putAll(predictor);
    return values;
  }

  private static boolean hasPredictor(Map<String, FloatTensor> values) {
    return values.keySet().stream().anyMatch(key -> key.startsWith("ConvNet."));
  }

  private static RestorationWeights plain(Path path) {
    return checked(path, Checkpoint.open(path), null);
  }

  /** A temporary file of values. */
  private static RestorationWeights stored(Path origin, Map<String, FloatTensor> values) {
    SafetensorsWriter writer = new SafetensorsWriter(Map.of());
    values.forEach((key, value) -> writer.add(key, value, ElementType.F32));
    try {
      Path file = Files.createTempFile("stablesr-network", ".safetensors");
      try {
        writer.write(file);
        return checked(origin, Checkpoint.open(file), file);
      } catch (RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE,
          "The temporary file of the weights %s cannot be written: %s"
              .formatted(origin, e.getMessage()),
          e);
    }
  }

  private static RestorationWeights checked(Path origin, Checkpoint file, Path temporary) {
    try {
      Weights weights = current(Weights.of(file));
      Map<String, long[]> shapes = new LinkedHashMap<>();
      weights.names().forEach(key -> shapes.put(key, weights.get(key).shape()));
      RestorationNetwork network = RestorationNetwork.infer(shapes);
      KeyCheck check = KeyCheck.of(network.shapes(), weights);
      check.requireComplete("%s from %s".formatted(network.family(), origin));
      List<String> unknown =
          check.unused().stream()
              .filter(key -> !isComputed(key) && !isLeftOver(network, key))
              .toList();
      if (!unknown.isEmpty()) {
        throw new StableSrException(
            ErrorCode.CHECKPOINT_KEYS,
            "Cannot load %s from %s: %d keys are unknown (%s%s); this is another network."
                .formatted(
                    network.family(),
                    origin,
                    unknown.size(),
                    unknown.stream().limit(LISTED).collect(Collectors.joining(", ")),
                    unknown.size() > LISTED ? ", ..." : ""));
      }
      return new RestorationWeights(network, weights, file, temporary);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static boolean isLeftOver(RestorationNetwork network, String key) {
    return network.family() == Family.FEMASR && LEFT_OVER.stream().anyMatch(key::startsWith);
  }

  private static boolean isComputed(String key) {
    return COMPUTED.contains(key.substring(key.lastIndexOf('.') + 1));
  }

  /** Torch files lose their wrapper when they are read; safetensors files keep it in the names. */
  private static Weights current(Weights weights) {
    Weights inner = weights;
    for (String wrapper : WRAPPERS) {
      if (!inner.names().isEmpty()
          && inner.names().stream().anyMatch(key -> key.startsWith(wrapper))) {
        inner = inner.below(wrapper);
      }
    }
    return inner.mapped(RestorationKeys::current);
  }

  private static Map<String, FloatTensor> mean(NetworkFiles files) {
    Map<String, FloatTensor> strong = values(WeightFiles.existing(files.weights()));
    Map<String, FloatTensor> weak = values(WeightFiles.existing(files.weakWeights()));
    float share = (float) files.denoiseStrength();
    List<String> differing = new ArrayList<>();
    strong.forEach(
        (key, value) -> {
          if (!weak.containsKey(key) || !weak.get(key).sameShape(value)) {
            differing.add(key);
          }
        });
    if (!differing.isEmpty() || weak.size() != strong.size()) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_KEYS,
          "%s and %s are not of one network: they have %d and %d keys, of which %d differ in shape or are in one only."
              .formatted(
                  files.weights(),
                  files.weakWeights(),
                  strong.size(),
                  weak.size(),
                  differing.size()));
    }
    Map<String, FloatTensor> mean = new LinkedHashMap<>();
    strong.forEach(
        (key, value) -> {
          FloatTensor mixed = value.copy();
          float[] other = weak.get(key).data();
          for (int i = 0; i < other.length; i++) {
            mixed.data()[i] = share * mixed.data()[i] + (1 - share) * other[i];
          }
          mean.put(key, mixed);
        });
    return mean;
  }

  private static Map<String, FloatTensor> values(Path path) {
    if (WeightFiles.isNcnn(path)) {
      return ncnn(path);
    }
    try (Checkpoint file = Checkpoint.open(path)) {
      Weights weights = current(Weights.of(file));
      Map<String, FloatTensor> values = new LinkedHashMap<>();
      weights.names().forEach(key -> values.put(key, weights.get(key).toFloats()));
      return values;
    }
  }

  private static Map<String, FloatTensor> ncnn(Path path) {
    return SrvggNet.weights(
        NcnnModel.read(WeightFiles.ncnnParam(path), WeightFiles.weightsOf(path)));
  }

  /** What the files hold. */
  RestorationNetwork network() {
    return network;
  }

  /** The weights that {@link RestorationNetwork#graph} reads; valid until close. */
  Weights weights() {
    return weights;
  }

  @Override
  public void close() {
    file.close();
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        throw new StableSrException(
            ErrorCode.OUTPUT_WRITE, "%s cannot be deleted.".formatted(temporary), e);
      }
    }
  }
}
