package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.util.Map;

/** A network that restores and enlarges a picture in one evaluation. */
public sealed interface RestorationNetwork permits RrdbNet, SrvggNet, SwinIr {
  /** Kinds of networks. */
  enum Family {
    /** {@link RrdbNet}. */
    RRDBNET,
    /** {@link SrvggNet}. */
    SRVGG,
    /** {@link SwinIr}. */
    SWINIR
  }

  /** The kind. */
  Family family();

  /** Side of the result / side of the input. */
  int scale();

  /** Number that height and width of the input have to be multiples of. */
  int alignment();

  /**
   * {@code picture [N,3,h,w]} in 0..1 to {@code out [N,3,scale*h,scale*w]}, unclamped; h and w are
   * multiples of {@link #alignment}.
   */
  Graph graph(int height, int width);

  /**
   * Reads the architecture off the shapes of a file's tensors by key ({@link RestorationKeys} maps
   * other names to these). Whether every key is there with its shape is to be checked afterwards.
   *
   * @throws StableSrException CHECKPOINT_KEYS when the keys are those of none of the networks
   */
  static RestorationNetwork infer(Map<String, long[]> shapes) {
    KeyShapes keys = new KeyShapes(shapes);
    if (keys.any("layers.0.residual_group.")) {
      return SwinIr.infer(keys);
    }
    if (keys.any("body.0.rdb1.")) {
      return RrdbNet.infer(keys);
    }
    if (shapes.containsKey("body.0.weight")) {
      return SrvggNet.infer(shapes);
    }
    throw new StableSrException(
        ErrorCode.CHECKPOINT_KEYS,
        "These are no weights of RRDBNet (body.0.rdb1...), SRVGGNetCompact (body.0.weight) or SwinIR (layers.0.residual_group...); the first of %d keys is %s."
            .formatted(shapes.size(), shapes.keySet().stream().findFirst().orElse("not there")));
  }
}
