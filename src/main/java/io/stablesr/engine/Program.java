package io.stablesr.engine;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TorchScript source of one graph and what it needs.
 *
 * @param source the module's code
 * @param weights weights in the order they are handed over
 * @param inputs names of the arguments, in order
 * @param outputs names of the results, in order
 * @param norms keys of the scales of the group normalisations, in order, where their statistics are
 *     shared; else empty
 */
record Program(
    String source,
    List<WeightUse> weights,
    List<String> inputs,
    List<String> outputs,
    List<String> norms) {
  /**
   * Arguments in order.
   *
   * @param network its name, for the sentence where one is missing
   */
  List<DeviceTensor> ordered(String network, Map<String, DeviceTensor> arguments) {
    List<DeviceTensor> ordered = new ArrayList<>();
    for (String input : inputs) {
      DeviceTensor argument = arguments.get(input);
      if (argument == null) {
        throw new StableSrException(
            ErrorCode.INTERNAL, "Network %s needs an input %s.".formatted(network, input));
      }
      ordered.add(argument);
    }
    return ordered;
  }

  /** Results by name. */
  Map<String, DeviceTensor> named(List<DeviceTensor> results) {
    Map<String, DeviceTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      named.put(outputs.get(i), results.get(i));
    }
    return named;
  }

  /** What an operation does with a weight decides its dtype and layout. */
  enum Role {
    /** Kernel of a convolution. */
    CONVOLUTION(0),
    /** Matrix of a linear map. */
    MATRIX(1),
    /** Bias, embedding or other tensor used in the precision of the activations. */
    PLAIN(2),
    /** Kept in fp32 always, such as the scale of a batch normalisation. */
    NORM(3),
    /** Scale or shift of a layer normalisation: fp32 where its kernel takes that. */
    AFFINE(4);

    private final int code;

    Role(int code) {
      this.code = code;
    }

    /** The number that the program's {@code prepare} function knows. */
    int code() {
      return code;
    }
  }

  /**
   * One weight as the program uses it.
   *
   * @param key official state-dict key
   * @param shape shape under which the program uses it; same size as stored
   * @param role decides dtype and layout
   * @param stride of the convolution that uses it
   * @param padding of the convolution that uses it
   */
  record WeightUse(String key, List<Integer> shape, Role role, int stride, int padding) {}
}
