package io.stablesr.engine;

import java.util.List;

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
