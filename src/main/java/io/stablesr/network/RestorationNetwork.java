package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A network that restores and enlarges a picture in one evaluation. */
public sealed interface RestorationNetwork permits DasrNet, FemaSr, RrdbNet, SrvggNet, SwinIr {
  /** Kinds of networks. */
  enum Family {
    /** {@link RrdbNet}. */
    RRDBNET,
    /** {@link SrvggNet}. */
    SRVGG,
    /** {@link SwinIr}. */
    SWINIR,
    /** {@link DasrNet}. */
    DASR,
    /** {@link FemaSr}. */
    FEMASR
  }

  /** How a picture gets a size that the network takes. */
  enum Filling {
    /**
     * By reflection at the right and bottom, where its size is no multiple of the alignment, before
     * it is cut into tiles of whole multiples.
     */
    PICTURE,
    /**
     * Each tile by itself, whatever its size: mirrored at the right and bottom with the edge
     * repeated, up to the next multiple of the alignment that is larger.
     */
    EVERY_TILE
  }

  /** The kind. */
  Family family();

  /** Side of the result / side of the input. */
  int scale();

  /** Number that height and width of the input have to be multiples of. */
  int alignment();

  /** How a picture gets a size that the network takes. */
  default Filling filling() {
    return Filling.PICTURE;
  }

  /** What it has to know of the whole picture, which is one more input of the graph. */
  default Optional<PictureGuide> guide() {
    return Optional.empty();
  }

  /** The shapes of all weights by key. */
  default Map<String, long[]> shapes() {
    Map<String, long[]> shapes =
        new LinkedHashMap<>(graph(2 * alignment(), 2 * alignment()).shapes());
    guide().ifPresent(guide -> shapes.putAll(guide.shapes()));
    return shapes;
  }

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
    if (keys.any("multiscale_encoder.")) {
      return FemaSr.infer(keys);
    }
    if (DasrNet.fits(shapes)) {
      return DasrNet.infer(keys);
    }
    if (keys.any("body.0.rdb1.")) {
      return RrdbNet.infer(keys);
    }
    if (shapes.containsKey("body.0.weight")) {
      return SrvggNet.infer(shapes);
    }
    throw new StableSrException(
        ErrorCode.CHECKPOINT_KEYS,
        "These are no weights of RRDBNet (body.0.rdb1...), SRVGGNetCompact (body.0.weight), SwinIR (layers.0.residual_group...), DASR (body.0.conv1...) or FeMaSR (multiscale_encoder...); the first of %d keys is %s."
            .formatted(shapes.size(), shapes.keySet().stream().findFirst().orElse("not there")));
  }
}
